package dev.selfpruner.llm.operators;

import java.util.SplittableRandom;

/** Suggests rates; an endless source, in which repetitions are allowed. */
sealed interface BuiltInOperator permits Initialise, Mutate, CrossOver, RandomRates {

  /**
   * Suggests rates, which need not be on the budget.
   *
   * @param attempt how many drafts this proposal has asked for before
   */
  Draft draft(int attempt, SplittableRandom random);
}
