package dev.selfpruner.gpu.model;

import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import java.util.List;
import java.util.stream.IntStream;

/** The order in which a model's units are removed, layer by layer, fixed once per calibration. */
public record UnitOrder(List<LayerOrder> layers) {
  public UnitOrder {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a model has at least one decoder layer");
    }
  }

  /** Units in the order that a model stores them in: sizes and budgets don't depend on it. */
  public static UnitOrder asStored(LlamaConfig config) {
    return new UnitOrder(
        config.layers().stream()
            .map(
                layer ->
                    LayerOrder.ascending(
                        new double[layer.queryHeads()], new double[layer.neurons()]))
            .toList());
  }

  /**
   * The model as plans see it.
   *
   * @throws IllegalArgumentException if the order is not one of this model's units
   */
  public PrunableModel prunable(LlamaConfig config) {
    requireFits(config);
    return new PrunableModel(
        IntStream.range(0, layers.size())
            .mapToObj(
                i ->
                    new PrunableLayer(
                        config.hiddenSize(),
                        config.headSize(),
                        layers.get(i).neurons(),
                        config.layers().get(i).keyValueHeadOfQueryHead(),
                        layers.get(i).headsAscending()))
            .toList());
  }

  private void requireFits(LlamaConfig config) {
    if (layers.size() != config.layers().size()) {
      throw new IllegalArgumentException(
          "the order has %d layers, the model has %d"
              .formatted(layers.size(), config.layers().size()));
    }
    for (int i = 0; i < layers.size(); i++) {
      LayerSize size = config.layers().get(i);
      LayerOrder order = layers.get(i);
      if (order.headsAscending().size() != size.queryHeads() || order.neurons() != size.neurons()) {
        throw new IllegalArgumentException(
            "layer %d: the order has %d query heads and %d neurons, the model has %d and %d"
                .formatted(
                    i,
                    order.headsAscending().size(),
                    order.neurons(),
                    size.queryHeads(),
                    size.neurons()));
      }
    }
  }
}
