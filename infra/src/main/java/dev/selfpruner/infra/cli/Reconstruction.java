package dev.selfpruner.infra.cli;

/** What makes up for removed units, and when. */
enum Reconstruction {
  /** Nothing: the weights that stay are as they were. */
  NONE,
  /**
   * While candidates are compared, and in the model that is written: from the dense model's inputs.
   */
  DENSE_ONCE,
  /** As {@link #DENSE_ONCE}, and the best candidate is fitted layer by layer once more. */
  SEQUENTIAL
}
