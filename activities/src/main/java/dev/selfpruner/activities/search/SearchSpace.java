package dev.selfpruner.activities.search;

/** What candidates differ in. */
public enum SearchSpace {
  /** One rate a layer, for its attention and its MLP together (Self-Pruner, section 3.1). */
  LAYERS,
  /** Attention units and MLP neurons of every layer, apart. */
  BLOCKS
}
