package dev.selfpruner.activities.search;

/**
 * What was asked of an LLM and answered.
 *
 * @param calls answers received
 * @param inputTokens of the prompts
 * @param outputTokens of the answers
 * @param cost US dollars; 0 where the price isn't known
 */
public record Spending(int calls, long inputTokens, long outputTokens, double cost) {
  public static final Spending NOTHING = new Spending(0, 0, 0, 0.0);

  public Spending {
    if (calls < 0 || inputTokens < 0 || outputTokens < 0 || !(cost >= 0.0)) {
      throw new IllegalArgumentException(
          "not a bill: %d calls, %d and %d tokens, %s"
              .formatted(calls, inputTokens, outputTokens, cost));
    }
  }

  public long tokens() {
    return inputTokens + outputTokens;
  }

  public Spending plus(Spending other) {
    return new Spending(
        calls + other.calls,
        inputTokens + other.inputTokens,
        outputTokens + other.outputTokens,
        cost + other.cost);
  }
}
