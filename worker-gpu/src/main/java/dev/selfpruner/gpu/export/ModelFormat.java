package dev.selfpruner.gpu.export;

/** The two ways in which a pruned model is written. */
public enum ModelFormat {
  /** Smaller tensors, and a configuration with the size of every layer. */
  COMPACT,

  /**
   * The dense model's shapes and configuration, removed units zero: saves nothing, but every
   * program that loads the dense model loads it, and computes what the compact one computes.
   */
  PADDED
}
