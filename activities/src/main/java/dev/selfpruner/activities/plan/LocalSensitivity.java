package dev.selfpruner.activities.plan;

import java.util.List;

/**
 * What fewer or more of each block's units do to a plan's loss, with all else as the plan has it.
 *
 * @param layers in order
 * @param base loss of the plan itself on the same text, in mean nats a token
 */
public record LocalSensitivity(List<Layer> layers, double base) {
  public LocalSensitivity {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a model has at least one decoder layer");
    }
    if (!Double.isFinite(base)) {
      throw new IllegalArgumentException("the plan's loss is not finite: " + base);
    }
  }

  /**
   * Measured steps of one layer, by units that the block keeps.
   *
   * @param attention by query heads kept, at any number of levels; a block without any stays as it
   *     is
   * @param mlp by neurons kept: at most one level below and one above the plan's
   */
  public record Layer(List<Level> attention, List<Level> mlp) {
    public Layer {
      attention = List.copyOf(attention);
      mlp = List.copyOf(mlp);
      if (mlp.size() > 2) {
        throw new IllegalArgumentException(
            "an MLP has one step down and one up, not %d levels".formatted(mlp.size()));
      }
    }
  }
}
