package dev.selfpruner.gpu.model;

import dev.selfpruner.activities.plan.AttentionUnit;
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
   * The same in units of attention, whose heads stand next to each other.
   *
   * @throws IllegalArgumentException as {@link #prunable(LlamaConfig, AttentionUnit)}
   */
  public static UnitOrder asStored(LlamaConfig config, AttentionUnit unit) {
    return new UnitOrder(
        config.layers().stream()
            .map(
                layer ->
                    new LayerOrder(
                        HeadUnits.of(layer, unit).ascending(new double[layer.queryHeads()]),
                        IntStream.range(0, layer.neurons()).toArray()))
            .toList());
  }

  /**
   * The model as plans see it; query heads go one by one.
   *
   * @throws IllegalArgumentException if the order is not one of this model's units
   */
  public PrunableModel prunable(LlamaConfig config) {
    return prunable(config, AttentionUnit.QUERY_HEAD);
  }

  /**
   * The model as plans see it.
   *
   * @param unit the query heads that go at once; in the order they stand next to each other
   * @throws IllegalArgumentException if the order is not one of this model's units, or the model
   *     has no such units because key-value heads are read by unequal numbers of query heads
   */
  public PrunableModel prunable(LlamaConfig config, AttentionUnit unit) {
    requireFits(config);
    return new PrunableModel(
        IntStream.range(0, layers.size()).mapToObj(i -> prunable(config, unit, i)).toList());
  }

  private PrunableLayer prunable(LlamaConfig config, AttentionUnit unit, int layer) {
    List<Integer> groups = config.layers().get(layer).keyValueHeadOfQueryHead();
    List<Integer> order = layers.get(layer).headsAscending();
    try {
      unit.requireInUnits(groups, order);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("layer " + layer + ": " + e.getMessage(), e);
    }
    return new PrunableLayer(
        config.hiddenSize(),
        config.headSize(),
        layers.get(layer).neurons(),
        groups,
        order,
        unit.headsInUnit(groups));
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
