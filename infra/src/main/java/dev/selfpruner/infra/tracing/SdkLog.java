package dev.selfpruner.infra.tracing;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * What OpenTelemetry's SDK says of itself, which would go to standard error, again and again while
 * a collector is away: the first warning is told, and the rest is dropped.
 */
final class SdkLog extends Handler {
  /** Held, as Java forgets a logger that nobody holds, with what was set in it. */
  private static final Logger SDK = Logger.getLogger("io.opentelemetry");

  private final AtomicBoolean told = new AtomicBoolean();
  private final Consumer<String> troubles;

  private SdkLog(Consumer<String> troubles) {
    this.troubles = troubles;
  }

  /** Listens in place of whoever listened before. */
  static SdkLog tellingOnce(Consumer<String> troubles) {
    for (Handler before : SDK.getHandlers()) {
      SDK.removeHandler(before);
    }
    SDK.setUseParentHandlers(false);
    SdkLog log = new SdkLog(troubles);
    SDK.addHandler(log);
    return log;
  }

  /** Tells a trouble, unless one was told. */
  void tell(String trouble) {
    if (told.compareAndSet(false, true)) {
      troubles.accept("Traces are lost, and nothing else is: " + trouble);
    }
  }

  @Override
  public void publish(LogRecord event) {
    if (event.getLevel().intValue() >= Level.WARNING.intValue()) {
      String message = new SimpleFormatter().formatMessage(event);
      tell(
          event.getThrown() == null
              ? message
              : "%s (%s)".formatted(message, reason(event.getThrown())));
    }
  }

  /** The bottom of it, whose message Java's HTTP client leaves out above. */
  static String reason(Throwable failure) {
    Throwable reason = failure;
    while (reason.getCause() != null) {
      reason = reason.getCause();
    }
    return reason.getMessage() == null ? reason.getClass().getSimpleName() : reason.getMessage();
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
