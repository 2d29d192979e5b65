package dev.selfpruner.llm;

import dev.selfpruner.activities.KeepAlive;
import dev.selfpruner.llm.chat.ChatFailures;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Where waiting ends. An outage may last: Temporal tries again until it is over. What comes to the
 * same each time has to end, and say so.
 */
final class Patience {
  /** Every attempt at an answer that doesn't come in time may be charged. */
  static final int ATTEMPTS_AT_AN_ANSWER = 5;

  /** Whoever has started a search is still looking, and nothing is lost. */
  static final int LOOKS_AT_AN_ENDPOINT = 3;

  /** Who mends an account takes hours; asked more often, a provider may lock it. */
  static final Duration BETWEEN_REFUSALS = Duration.ofMinutes(5);

  private static final String ANSWER = "an answer in time";
  private static final String LOOK = "a look at the endpoint";

  private Patience() {}

  /**
   * What a question's failure means.
   *
   * @param alive counts the answers that didn't come in time since the last one that did; outages
   *     and workers that died between them are no reason to end
   */
  static ApplicationFailure withAnswers(ApplicationFailure failure, KeepAlive alive) {
    if (!ChatFailures.TIMEOUT.equals(failure.getType())) {
      return failure;
    }
    int times = alive.failed(ANSWER);
    return times >= ATTEMPTS_AT_AN_ANSWER
        ? last(
            failure,
            "tried %d times: ask for shorter answers (--llm-max-tokens), or of a faster server"
                .formatted(times))
        : failure;
  }

  /**
   * What a refusal means. An endpoint that has answered this search was right, with its key and its
   * model: that it isn't now is an outage. One that never has may be a mistake of whoever started
   * the search.
   *
   * @param hasAnswered whether it has answered this search, asked where that matters
   */
  static ApplicationFailure withARefusal(ApplicationFailure failure, BooleanSupplier hasAnswered) {
    if (!failure.isNonRetryable()
        || !ChatFailures.isMendable(failure)
        || !hasAnswered.getAsBoolean()) {
      return failure;
    }
    return ApplicationFailure.newBuilder()
        .setMessage(
            failure.getOriginalMessage()
                + " - it has answered this search before: the search waits, and asks again every 5 minutes")
        .setType(failure.getType())
        .setNextRetryDelay(BETWEEN_REFUSALS)
        .build();
  }

  /** A question was answered: the next one has all attempts. */
  static void answered(KeepAlive alive) {
    alive.succeeded(ANSWER);
  }

  /**
   * What the failure of the look at an endpoint means, before a search has begun.
   *
   * @param alive counts the looks, and nothing else that went wrong
   */
  static ApplicationFailure withAnEndpoint(ApplicationFailure failure, KeepAlive alive) {
    if (failure.isNonRetryable()) {
      return failure;
    }
    int times = alive.failed(LOOK);
    return times >= LOOKS_AT_AN_ENDPOINT
        ? last(failure, "looked %d times before the search began".formatted(times))
        : failure;
  }

  private static ApplicationFailure last(ApplicationFailure failure, String why) {
    return ApplicationFailure.newNonRetryableFailure(
        failure.getOriginalMessage() + " - " + why, failure.getType());
  }
}
