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

  /** US dollars that an answer costs; 0 where the price isn't known. */
  double cost(Answer answer) {
    return limits.cost(answer.inputTokens(), answer.outputTokens());
  }

  /** Enters an answer at what it has cost, whatever the price is now. */
  void enter(Answer answer, double cost) {
    here = here.plus(new Spending(1, answer.inputTokens(), answer.outputTokens(), cost));
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
    double byCost = outputFor(limits.cost() - paid(spent) - limits.cost(inputTokens, 0));
    double longest = Math.min(most, Math.min(byTokens, byCost));
    if (longest < Math.min(most, least)) {
      exhausted =
          byTokens < byCost
              ? limits.tokenLimit() + " (%,d are spent)".formatted(spent.tokens())
              : limits.costLimit() + String.format(Locale.ROOT, " (%.4f are spent)", paid(spent));
      return OptionalInt.empty();
    }
    return OptionalInt.of((int) longest);
  }

  /** What was asked before the price was known has cost something too. */
  private double paid(Spending spent) {
    return Math.max(spent.cost(), limits.cost(spent.inputTokens(), spent.outputTokens()));
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
