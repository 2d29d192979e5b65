package dev.selfpruner.llm;

import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.llm.chat.Answer;
import java.util.Locale;
import java.util.OptionalInt;

/** What a proposal spends on an LLM, and what its search may still spend. */
final class Account {
  private final LlmLimits limits;
  private final Spending before;
  private Spending here = Spending.NOTHING;
  private String exhausted = "";

  /**
   * @param before what the search had spent when the proposal was asked for
   */
  Account(LlmLimits limits, Spending before) {
    this.limits = limits;
    this.before = before;
  }

  /** Enters an answer; returns its cost in US dollars, 0 where the price isn't known. */
  double enter(Answer answer) {
    double cost = limits.cost(answer.inputTokens(), answer.outputTokens());
    here = here.plus(new Spending(1, answer.inputTokens(), answer.outputTokens(), cost));
    return cost;
  }

  /**
   * The longest answer to a prompt that what is left pays for; none if that is too short for one
   * list, and then the account is exhausted.
   *
   * @param inputTokens of the prompt, at most
   * @param most the longest answer wanted, in tokens
   * @param least a list, in tokens
   */
  OptionalInt affordable(long inputTokens, int most, int least) {
    Spending spent = before.plus(here);
    double byTokens = (double) limits.tokens() - spent.tokens() - inputTokens;
    double byCost = outputFor(limits.cost() - spent.cost() - limits.cost(inputTokens, 0));
    double longest = Math.min(most, Math.min(byTokens, byCost));
    if (longest < Math.min(most, least)) {
      exhausted =
          byTokens < byCost
              ? "the limit of %,d LLM tokens (%,d are spent)"
                  .formatted(limits.tokens(), spent.tokens())
              : String.format(
                  Locale.ROOT,
                  "the limit of %.4f US dollars (%.4f are spent)",
                  limits.cost(),
                  spent.cost());
      return OptionalInt.empty();
    }
    return OptionalInt.of((int) longest);
  }

  /** Output tokens that a sum pays for. */
  private double outputFor(double dollars) {
    double each = limits.cost(0, 1);
    return each > 0 ? dollars / each : dollars >= 0 ? Double.POSITIVE_INFINITY : -1;
  }

  Spending spending() {
    return here;
  }

  /** Which limit has been reached; empty while none has. */
  String exhausted() {
    return exhausted;
  }
}
