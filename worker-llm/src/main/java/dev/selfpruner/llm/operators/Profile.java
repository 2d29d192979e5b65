package dev.selfpruner.llm.operators;

/** How pruning is spread over a model's depth. */
enum Profile {
  /** Little at both ends, most in the middle. */
  PROTECT_ENDS,
  /** More with every layer. */
  RISING,
  /** A few smooth waves of random height. */
  WAVES,
  /** Little in the first layers, the same in all others. */
  PROTECT_FIRST,
  /** Every layer by itself. */
  NOISE
}
