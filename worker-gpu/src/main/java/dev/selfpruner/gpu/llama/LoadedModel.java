package dev.selfpruner.gpu.llama;

import static dev.selfpruner.gpu.torch.TorchArgument.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.torch.Torch;
import dev.selfpruner.gpu.torch.TorchModule;
import dev.selfpruner.gpu.torch.TorchScriptArchive;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A model's weights on a device, with each layer's units laid out most important first: a candidate
 * is a number of units for each layer, and running it copies no weight. Usable by several threads
 * at a time; closing it releases the memory.
 */
public final class LoadedModel implements AutoCloseable {
  private static final TorchScriptArchive DECODER =
      TorchScriptArchive.resource(LoadedModel.class, "Llama");

  private final NDManager owner;
  private final TorchModule module;
  private final LlamaConfig config;
  private final NumericType type;
  private final List<LayerWeights> layers;
  private final NDArray embedding;
  private final NDArray finalNorm;
  private final NDArray outputHead;

  private LoadedModel(
      NDManager owner,
      TorchModule module,
      NumericType type,
      ModelDirectory model,
      List<LayerLayout> layouts) {
    this.owner = owner;
    this.module = module;
    this.config = model.config();
    this.type = type;
    WeightLoader loader = new WeightLoader(module, owner, type);
    this.embedding = loader.stored(model.embedding());
    this.finalNorm = loader.stored(model.finalNorm());
    this.outputHead = config.tiedEmbeddings() ? embedding : loader.stored(model.outputHead());
    this.layers =
        IntStream.range(0, layouts.size())
            .mapToObj(i -> loader.layer(model, i, layouts.get(i)))
            .toList();
  }

  /** Loads a model whose units keep the order that they are stored in. */
  public static LoadedModel load(ModelDirectory model, Device device, NumericType type) {
    return load(
        model, device, type, model.config().layers().stream().map(LayerLayout::stored).toList());
  }

  /**
   * Loads a model with its units in an order of importance.
   *
   * @throws IllegalArgumentException if the order is not one of this model's units
   */
  public static LoadedModel load(
      ModelDirectory model, UnitOrder order, Device device, NumericType type) {
    order.prunable(model.config());
    List<LayerLayout> layouts = new ArrayList<>();
    for (int i = 0; i < order.layers().size(); i++) {
      layouts.add(
          LayerLayout.mostImportantFirst(model.config().layers().get(i), order.layers().get(i)));
    }
    return load(model, device, type, layouts);
  }

  private static LoadedModel load(
      ModelDirectory model, Device device, NumericType type, List<LayerLayout> layouts) {
    Torch.prepareThread();
    TorchModule module = TorchModule.load(DECODER, device);
    NDManager owner = NDManager.newBaseManager(device, Torch.ENGINE);
    try {
      return new LoadedModel(owner, module, type, model, layouts);
    } catch (RuntimeException | OutOfMemoryError e) {
      owner.close();
      module.close();
      throw e;
    }
  }

  /** Digest of the decoder's source: part of what an evaluation's number depends on. */
  public static String decoderSha256() {
    return DECODER.sourceSha256();
  }

  public LlamaConfig config() {
    return config;
  }

  public NumericType type() {
    return type;
  }

  public Device device() {
    return owner.getDevice();
  }

  /** The plan that keeps every unit. */
  public PruningPlan dense() {
    return new PruningPlan(layers.stream().map(LayerWeights::dense).toList());
  }

  /**
   * Prepares runs over windows of one length; to be closed before the model.
   *
   * @param plan units kept in each layer
   * @throws IllegalArgumentException if the plan asks for layers or units that the model lacks
   */
  public Forward forward(PruningPlan plan, int sequenceLength) {
    requireFits(plan);
    return new Forward(this, plan, sequenceLength);
  }

  /**
   * Fails unless the embedding has a row for every token: an id out of range would bring a GPU
   * down.
   *
   * @throws IllegalArgumentException if there is a larger id
   */
  public void requireKnows(TokenIds tokens) {
    if (tokens.largest() >= config.vocabularySize()) {
      throw new IllegalArgumentException(
          "the text has the token id %d, the model knows ids below %d: use the model's own tokenizer"
              .formatted(tokens.largest(), config.vocabularySize()));
    }
  }

  /** For each stored query head and neuron of a layer, where its weights lie. */
  public LayerLayout layout(int layer) {
    return layer(layer).layout();
  }

  /** Mean over output rows of the magnitude of o_proj's columns: {@code [query heads * head]}. */
  public double[] attentionOutputMagnitudes(int layer) {
    return columnMagnitudes(layer(layer).attentionOutput());
  }

  /** Mean over output rows of the magnitude of down_proj's columns: {@code [neurons]}. */
  public double[] downMagnitudes(int layer) {
    return columnMagnitudes(layer(layer).down());
  }

  @Override
  public void close() {
    owner.close();
    module.close();
  }

  NDManager newManager() {
    return owner.newSubManager();
  }

  TorchModule module() {
    return module;
  }

  LayerWeights layer(int layer) {
    return layers.get(layer);
  }

  NDArray embedding() {
    return embedding;
  }

  NDArray finalNorm() {
    return finalNorm;
  }

  NDArray outputHead() {
    return outputHead;
  }

  private double[] columnMagnitudes(NDArray transposed) {
    try (NDManager manager = newManager()) {
      return module
          .call(manager, "column_magnitudes", tensor(transposed))
          .singletonOrThrow()
          .toDoubleArray();
    }
  }

  private void requireFits(PruningPlan plan) {
    if (plan.layers().size() != layers.size()) {
      throw new IllegalArgumentException(
          "the plan has %d layers, the model has %d"
              .formatted(plan.layers().size(), layers.size()));
    }
    for (int i = 0; i < layers.size(); i++) {
      LayerPlan kept = plan.layers().get(i);
      LayerPlan all = layers.get(i).dense();
      if (kept.queryHeads() > all.queryHeads() || kept.neurons() > all.neurons()) {
        throw new IllegalArgumentException(
            "layer %d has %d query heads and %d neurons; the plan keeps %d and %d"
                .formatted(i, all.queryHeads(), all.neurons(), kept.queryHeads(), kept.neurons()));
      }
    }
  }
}
