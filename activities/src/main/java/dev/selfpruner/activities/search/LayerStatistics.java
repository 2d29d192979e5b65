package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.IndexKey;
import java.util.List;

/**
 * What a calibration measured of the layers of a dense model: small enough to tell people and LLMs.
 *
 * @param layers in the model's order
 */
public record LayerStatistics(List<Layer> layers) {
  public LayerStatistics {
    layers = List.copyOf(layers);
  }

  /**
   * One decoder layer.
   *
   * @param attention its query heads
   * @param mlp its neurons
   */
  public record Layer(Block attention, Block mlp) {}

  /**
   * One of a layer's two blocks.
   *
   * @param importance sum of its units' importance
   * @param activation root mean square of what its output projection reads, over all calibration
   *     tokens
   * @param lost share of its importance in the least important units, at tenths of its units:
   *     {@code lost.get(2)} is that of the least important 30 %; nine values
   */
  public record Block(double importance, double activation, List<Double> lost) {
    /** Values in {@link #lost}. */
    public static final int TENTHS = 9;

    public Block {
      lost = List.copyOf(lost);
      if (lost.size() != TENTHS) {
        throw new IllegalArgumentException("%d shares, not %d".formatted(lost.size(), TENTHS));
      }
    }
  }

  /**
   * Where the statistics of a calibration are found in the store, as JSON.
   *
   * @param calibrationKey {@link Calibration#key}
   */
  public static IndexKey indexKey(String calibrationKey) {
    return new IndexKey("layer-statistics", calibrationKey);
  }
}
