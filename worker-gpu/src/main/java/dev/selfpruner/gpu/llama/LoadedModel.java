package dev.selfpruner.gpu.llama;

import ai.djl.Device;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.torch.Closing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model ready to run, with each layer's units laid out most important first: a candidate is a
 * number of units for each layer, and running it copies no weight. Closing it releases the memory.
 */
public final class LoadedModel implements AutoCloseable {
  /**
   * How weights are laid out, and what of a number comes about outside the decoder's source: to be
   * raised with any change of either.
   */
  public static final int LAYOUT = 2;

  private final HostWeights weights;
  private final List<ModelPart> parts;

  /** Takes weights and the parts that were loaded of them. */
  LoadedModel(HostWeights weights, List<ModelPart> parts) {
    this.weights = weights;
    this.parts = List.copyOf(parts);
  }

  /** Loads a model whose units keep the order that they are stored in. */
  public static LoadedModel load(ModelDirectory model, Device device, NumericType type) {
    return load(stored(model, type), Placement.on(device));
  }

  /**
   * Loads a model with its units in an order of importance.
   *
   * @throws IllegalArgumentException if the order is not one of this model's units
   */
  public static LoadedModel load(
      ModelDirectory model, UnitOrder order, Device device, NumericType type) {
    return load(ordered(model, order, type), Placement.on(device));
  }

  /**
   * Loads weights, which are closed with the model.
   *
   * @throws IllegalArgumentException if the devices' memory is too small
   */
  public static LoadedModel load(HostWeights weights, Placement placement) {
    List<ModelPart> parts = new ArrayList<>();
    try {
      List<Integer> borders = placement.borders(weights);
      for (int i = 0; i < placement.devices().size(); i++) {
        parts.add(
            ModelPart.load(
                weights,
                placement.devices().get(i),
                borders.get(i),
                borders.get(i + 1),
                placement.memory().device()));
      }
      return new LoadedModel(weights, parts);
    } catch (RuntimeException | OutOfMemoryError e) {
      Closing.all(Stream.concat(parts.stream(), Stream.of(weights)).toList());
      throw e;
    }
  }

  /** A model's weights with units as they are stored; the model stays the caller's. */
  public static HostWeights stored(ModelDirectory model, NumericType type) {
    return new ArrangedWeights(
        model, model.config().layers().stream().map(LayerLayout::stored).toList(), type);
  }

  /** A model's weights with units in an order of importance; the model stays the caller's. */
  public static HostWeights ordered(ModelDirectory model, UnitOrder order, NumericType type) {
    return new ArrangedWeights(model, layouts(model.config(), order), type);
  }

  /**
   * Random weights of a shape.
   *
   * @param distinctLayers layers that are made; the others are these again
   */
  public static HostWeights random(LlamaConfig config, NumericType type, int distinctLayers) {
    return new RandomWeights(config, type, distinctLayers);
  }

  /** Writes weights in an order of importance to a file, whole or not at all. */
  public static void write(ModelDirectory model, UnitOrder order, NumericType type, Path target)
      throws IOException {
    try (HostWeights weights = ordered(model, order, type)) {
      OrderedWeights.write(weights, target);
    }
  }

  /** Opens a file that {@link #write} wrote for this model, order and type. */
  public static HostWeights open(Path file, LlamaConfig config, UnitOrder order, NumericType type)
      throws IOException {
    return OrderedWeights.open(file, config, layouts(config, order), type);
  }

  private static List<LayerLayout> layouts(LlamaConfig config, UnitOrder order) {
    order.prunable(config);
    return IntStream.range(0, order.layers().size())
        .mapToObj(
            i -> LayerLayout.mostImportantFirst(config.layers().get(i), order.layers().get(i)))
        .toList();
  }

  public LlamaConfig config() {
    return weights.config();
  }

  public NumericType type() {
    return weights.type();
  }

  /** The parts of the model, in the order of their layers. */
  public List<ModelPart> parts() {
    return parts;
  }

  /** The plan that keeps every unit. */
  public PruningPlan dense() {
    return new PruningPlan(
        config().layers().stream()
            .map(size -> new LayerPlan(size.queryHeads(), size.neurons()))
            .toList());
  }

  /** For each stored query head and neuron of a layer, where its weights lie. */
  public LayerLayout layout(int layer) {
    return weights.layout(layer);
  }

  /**
   * Fails unless the embedding has a row for every token of a text.
   *
   * @throws IllegalArgumentException if there is a larger id
   */
  public void requireKnows(TokenIds tokens) {
    config().requireTokens(tokens.largest());
  }

  /**
   * Fails unless a plan is one for this model.
   *
   * @throws IllegalArgumentException if it asks for layers or units that the model lacks
   */
  public void requireFits(PruningPlan plan) {
    List<LayerSize> layers = config().layers();
    if (plan.layers().size() != layers.size()) {
      throw new IllegalArgumentException(
          "the plan has %d layers, the model has %d"
              .formatted(plan.layers().size(), layers.size()));
    }
    for (int i = 0; i < layers.size(); i++) {
      LayerPlan kept = plan.layers().get(i);
      LayerSize all = layers.get(i);
      if (kept.queryHeads() > all.queryHeads() || kept.neurons() > all.neurons()) {
        throw new IllegalArgumentException(
            "layer %d has %d query heads and %d neurons; the plan keeps %d and %d"
                .formatted(i, all.queryHeads(), all.neurons(), kept.queryHeads(), kept.neurons()));
      }
    }
  }

  @Override
  public void close() {
    Closing.all(Stream.concat(parts.stream(), Stream.of(weights)).toList());
  }
}
