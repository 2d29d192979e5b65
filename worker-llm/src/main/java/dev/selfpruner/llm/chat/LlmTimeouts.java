package dev.selfpruner.llm.chat;

import java.time.Duration;

/**
 * How long to wait for an endpoint.
 *
 * @param connect until it accepts a connection
 * @param answer until the last byte of its answer, from when the question is sent
 */
public record LlmTimeouts(Duration connect, Duration answer) {
  /**
   * Ten minutes are 30 vectors of 80 rates (20,000 tokens) at 33 tokens a second; three questions
   * of a proposal stay within the hour that a proposal may take.
   */
  public static final LlmTimeouts DEFAULT =
      new LlmTimeouts(Duration.ofSeconds(10), Duration.ofMinutes(10));

  public LlmTimeouts {
    if (connect.isNegative() || connect.isZero() || answer.isNegative() || answer.isZero()) {
      throw new IllegalArgumentException(
          "timeouts are positive: %s, %s".formatted(connect, answer));
    }
  }
}
