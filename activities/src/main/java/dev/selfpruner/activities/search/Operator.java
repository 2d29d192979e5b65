package dev.selfpruner.activities.search;

/** What made a candidate (Self-Pruner, section 3.2), or the baseline that it is. */
public enum Operator {
  BASELINE,
  INITIALISE,
  MUTATE,
  CROSS_OVER
}
