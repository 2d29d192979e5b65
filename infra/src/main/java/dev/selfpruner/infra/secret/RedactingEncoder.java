package dev.selfpruner.infra.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;

/** Writes lines of the log by a pattern, stack traces too, without the secrets of this process. */
public final class RedactingEncoder extends PatternLayoutEncoder {
  @Override
  public byte[] encode(ILoggingEvent event) {
    return Secrets.ofThisProcess().redact(getLayout().doLayout(event)).getBytes(UTF_8);
  }
}
