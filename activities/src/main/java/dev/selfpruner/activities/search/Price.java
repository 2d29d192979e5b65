package dev.selfpruner.activities.search;

/**
 * What an LLM's tokens cost, in US dollars a million.
 *
 * @param input of the prompt
 * @param output of the answer, thinking included
 */
public record Price(double input, double output) {
  private static final double MILLION = 1e6;

  public Price {
    if (!(input >= 0.0 && Double.isFinite(input) && output >= 0.0 && Double.isFinite(output))) {
      throw new IllegalArgumentException("no price: %s, %s".formatted(input, output));
    }
  }

  /** US dollars. */
  public double of(long inputTokens, long outputTokens) {
    return (inputTokens * input + outputTokens * output) / MILLION;
  }
}
