package dev.selfpruner.gpu.calibrate;

import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.UnitOrder;
import java.util.List;

/**
 * Importance of every prunable unit of a model, units in the order that the model stores them in.
 *
 * @param layers scores of each decoder layer's units
 * @param tokens calibration tokens that the model read
 */
public record Importance(List<LayerImportance> layers, long tokens) {
  public Importance {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a model has at least one decoder layer");
    }
  }

  /**
   * Units from the least to the most important; of equal ones, the first in the model goes first.
   */
  public UnitOrder order() {
    return new UnitOrder(
        layers.stream()
            .map(
                layer ->
                    LayerOrder.ascending(doubles(layer.queryHeads()), doubles(layer.neurons())))
            .toList());
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
