package dev.selfpruner.activities.search;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The two ways in which a pruned model is written. */
public enum ModelFormat {
  /** Smaller tensors, and a configuration with the size of every layer. */
  @JsonProperty("compact")
  COMPACT,

  /**
   * The dense model's shapes and configuration, removed units zero: saves nothing, but every
   * program that loads the dense model loads it, and computes what the compact one computes.
   */
  @JsonProperty("padded")
  PADDED
}
