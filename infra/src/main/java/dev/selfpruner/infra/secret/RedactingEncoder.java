package dev.selfpruner.infra.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;

/**
 * Writes lines of the log, stack traces too, without the secrets of this process: by a pattern, or
 * as JSON where that is what the format says.
 */
public final class RedactingEncoder extends PatternLayoutEncoder {
  private final RedactingJson json = new RedactingJson(Secrets.ofThisProcess());
  private boolean isJson;

  /** {@code json}, in whatever case; anything else is the pattern's. */
  public void setFormat(String format) {
    isJson = format.equalsIgnoreCase("json");
  }

  @Override
  public void start() {
    json.setContext(context);
    json.start();
    super.start();
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return isJson
        ? json.encode(event)
        : Secrets.ofThisProcess().redact(getLayout().doLayout(event)).getBytes(UTF_8);
  }
}
