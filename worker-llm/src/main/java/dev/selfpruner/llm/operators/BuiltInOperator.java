package dev.selfpruner.llm.operators;

import java.util.SplittableRandom;

/** Suggests candidates; a source in which repetitions are allowed. */
sealed interface BuiltInOperator
    permits Initialise,
        InitialiseBlocks,
        InitialiseMeasured,
        Mutate,
        CrossOver,
        JoinPlans,
        SwitchLevels,
        ShiftRates,
        Descend,
        RandomRates,
        RandomBlocks {
  /**
   * A tiny model has few plans: after this many drafts a candidate, there may be no more of them.
   */
  int ATTEMPTS_PER_CANDIDATE = 100;

  /**
   * Suggests a candidate, which need not be on the budget.
   *
   * @param attempt how many drafts this proposal has asked for before
   */
  Draft draft(int attempt, SplittableRandom random);

  /**
   * Drafts after which there is nothing more to be had.
   *
   * @param missing candidates that are wanted
   */
  default int attempts(int missing) {
    return ATTEMPTS_PER_CANDIDATE * Math.max(1, missing);
  }
}
