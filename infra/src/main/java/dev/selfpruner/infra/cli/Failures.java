package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Printable;
import io.temporal.failure.ApplicationFailure;
import java.util.stream.Stream;

/** What an exception says, without control characters: part of it may come from an endpoint. */
final class Failures {
  private Failures() {}

  /**
   * What an activity raised, where one did, else the first message in the chain of causes: what is
   * wrapped around them says that a workflow or a thread failed, not why.
   */
  static String describe(Throwable failure) {
    return Printable.text(message(failure));
  }

  private static String message(Throwable failure) {
    return causes(failure)
        .filter(ApplicationFailure.class::isInstance)
        .map(cause -> ((ApplicationFailure) cause).getOriginalMessage())
        .filter(message -> message != null && !message.isBlank())
        .reduce((first, last) -> last)
        .or(
            () ->
                causes(failure)
                    .map(Throwable::getMessage)
                    .filter(message -> message != null && !message.isBlank())
                    .findFirst())
        .orElseGet(() -> failure.getClass().getSimpleName());
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(20);
  }
}
