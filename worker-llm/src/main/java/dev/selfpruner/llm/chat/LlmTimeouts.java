package dev.selfpruner.llm.chat;

import java.time.Duration;

/**
 * How long to wait for an endpoint.
 *
 * @param connect until it accepts a connection
 * @param answer until the last byte of its answer, from when the question is sent
 */
public record LlmTimeouts(Duration connect, Duration answer) {
  /** A small server computes the prompt for this long before it begins to answer. */
  private static final Duration PROMPT = Duration.ofMinutes(5);

  /** Tokens a second of a model on a CPU; whoever is slower has to ask for shorter answers. */
  private static final int SLOWEST = 4;

  /** An attempt at a proposal takes an hour at most, and has to end before it is ended. */
  private static final Duration LONGEST = Duration.ofMinutes(50);

  /** For answers of up to a number of tokens, from a server that may be slow. */
  public static LlmTimeouts forAnswersOf(int tokens) {
    Duration wanted = PROMPT.plusSeconds(tokens / SLOWEST);
    return new LlmTimeouts(
        Duration.ofSeconds(10), wanted.compareTo(LONGEST) > 0 ? LONGEST : wanted);
  }

  public LlmTimeouts {
    if (connect.isNegative() || connect.isZero() || answer.isNegative() || answer.isZero()) {
      throw new IllegalArgumentException(
          "timeouts are positive: %s, %s".formatted(connect, answer));
    }
  }
}
