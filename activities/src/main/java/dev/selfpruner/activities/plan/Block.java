package dev.selfpruner.activities.plan;

/**
 * Half a decoder layer: what can be pruned apart.
 *
 * @param layer its index, from 0
 */
public record Block(int layer, Kind kind) {
  /** Which half. */
  public enum Kind {
    /** Query heads with their key-value heads. */
    ATTENTION,
    /** Intermediate neurons. */
    MLP
  }

  public Block {
    if (layer < 0) {
      throw new IllegalArgumentException("layers are numbered from 0, not " + layer);
    }
  }

  /** Query heads or neurons that a plan keeps here. */
  public int kept(PruningPlan plan) {
    LayerPlan kept = plan.layers().get(layer);
    return switch (kind) {
      case ATTENTION -> kept.queryHeads();
      case MLP -> kept.neurons();
    };
  }
}
