package dev.selfpruner.activities.search;

/** What made a candidate (Self-Pruner, section 3.2), or the baseline that it is. */
public enum Operator {
  BASELINE,
  INITIALISE,
  MUTATE,
  CROSS_OVER,
  /** Moves units from one block to another, the budget staying met. */
  LEVEL_SWITCH,
  /** The best combination of single steps, as probes of each predict it. */
  DESCEND,
  /** One block of a base changed by itself: off the budget, to measure what the block is worth. */
  PROBE,
  /** Given by a person while the search runs. */
  INJECT
}
