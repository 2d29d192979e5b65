package dev.selfpruner.activities.plan;

import java.util.HashSet;
import java.util.List;

/**
 * What each block of a model costs alone: the loss with one block cut and all else dense.
 *
 * @param layers in order
 * @param dense loss of the dense model on the same text, in mean nats a token
 */
public record Sensitivity(List<Layer> layers, double dense) {
  public Sensitivity {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a model has at least one decoder layer");
    }
    if (!(dense >= 0.0 && Double.isFinite(dense))) {
      throw new IllegalArgumentException("the dense loss is not a loss: " + dense);
    }
  }

  /**
   * Losses of one layer, each list in any order; empty where the search doesn't need it, or where
   * there is nothing to cut.
   *
   * @param attention by query heads kept
   * @param mlp by neurons kept
   * @param whole by parameters kept, where one rate cuts attention and MLP
   */
  public record Layer(List<Level> attention, List<Level> mlp, List<Level> whole) {
    public Layer {
      attention = distinct("attention", attention);
      mlp = distinct("MLP", mlp);
      whole = distinct("layer", whole);
    }

    /** Of a layer whose blocks were measured apart. */
    public static Layer ofBlocks(List<Level> attention, List<Level> mlp) {
      return new Layer(attention, mlp, List.of());
    }

    /** Of a layer that was measured as a whole. */
    public static Layer ofWhole(List<Level> whole) {
      return new Layer(List.of(), List.of(), whole);
    }

    private static List<Level> distinct(String block, List<Level> levels) {
      HashSet<Long> kept = new HashSet<>();
      for (Level level : levels) {
        if (!kept.add(level.kept())) {
          throw new IllegalArgumentException(
              "%s: two losses where %d units stay".formatted(block, level.kept()));
        }
      }
      return List.copyOf(levels);
    }
  }
}
