package dev.selfpruner.llm;

import dev.selfpruner.llm.chat.ChatFailures;
import io.temporal.failure.ApplicationFailure;

/**
 * Where waiting ends. An outage may last: Temporal tries again until it is over. What comes to the
 * same each time has to end, and say so.
 */
final class Patience {
  /** Every attempt at an answer that doesn't come in time may be charged. */
  static final int ATTEMPTS_AT_AN_ANSWER = 5;

  /** Whoever has started a search is still looking, and nothing is lost. */
  static final int LOOKS_AT_AN_ENDPOINT = 3;

  private Patience() {}

  /**
   * What a question's failure means.
   *
   * @param attempt at the proposal, from 1
   */
  static ApplicationFailure withAnswers(ApplicationFailure failure, int attempt) {
    return ChatFailures.TIMEOUT.equals(failure.getType()) && attempt >= ATTEMPTS_AT_AN_ANSWER
        ? last(
            failure,
            "tried %d times: ask for shorter answers (--llm-max-tokens), or of a faster server"
                .formatted(attempt))
        : failure;
  }

  /**
   * What the failure of the look at an endpoint means, before a search has begun.
   *
   * @param attempt at the look, from 1
   */
  static ApplicationFailure withAnEndpoint(ApplicationFailure failure, int attempt) {
    return attempt >= LOOKS_AT_AN_ENDPOINT && !failure.isNonRetryable()
        ? last(failure, "looked %d times before the search began".formatted(attempt))
        : failure;
  }

  private static ApplicationFailure last(ApplicationFailure failure, String why) {
    return ApplicationFailure.newNonRetryableFailure(
        failure.getOriginalMessage() + " - " + why, failure.getType());
  }
}
