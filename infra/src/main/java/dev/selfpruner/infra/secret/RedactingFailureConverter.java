package dev.selfpruner.infra.secret;

import io.temporal.api.failure.v1.Failure;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.FailureConverter;
import io.temporal.failure.DefaultFailureConverter;

/** Keeps secrets out of the failures that go into a workflow's history, and these short. */
public final class RedactingFailureConverter implements FailureConverter {
  private final FailureConverter converter = new DefaultFailureConverter();
  private final Secrets secrets;

  public RedactingFailureConverter(Secrets secrets) {
    this.secrets = secrets;
  }

  @Override
  public RuntimeException failureToException(Failure failure, DataConverter dataConverter) {
    return converter.failureToException(failure, dataConverter);
  }

  @Override
  public Failure exceptionToFailure(Throwable exception, DataConverter dataConverter) {
    return ShortFailure.of(redacted(converter.exceptionToFailure(exception, dataConverter)));
  }

  private Failure redacted(Failure failure) {
    Failure.Builder builder =
        failure.toBuilder()
            .setMessage(secrets.redact(failure.getMessage()))
            .setStackTrace(secrets.redact(failure.getStackTrace()));
    if (failure.hasCause()) {
      builder.setCause(redacted(failure.getCause()));
    }
    return builder.build();
  }
}
