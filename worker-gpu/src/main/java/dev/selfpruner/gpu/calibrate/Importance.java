package dev.selfpruner.gpu.calibrate;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.UnitOrder;
import java.util.List;
import java.util.stream.IntStream;

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

  /**
   * The same where query heads go in units: what it says of them is then their order alone.
   *
   * @throws IllegalArgumentException if a layer has no such units
   */
  public Importance inUnits(LlamaConfig config, AttentionUnit unit) {
    if (unit == AttentionUnit.QUERY_HEAD) {
      return this;
    }
    return new Importance(
        IntStream.range(0, layers.size())
            .mapToObj(i -> layers.get(i).inUnits(config.layers().get(i), unit))
            .toList(),
        tokens);
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
