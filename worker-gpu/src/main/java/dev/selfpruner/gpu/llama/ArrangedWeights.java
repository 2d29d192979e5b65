package dev.selfpruner.gpu.llama;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import java.util.List;

/** A stored model's weights, converted and arranged anew each time that one is asked for. */
final class ArrangedWeights implements HostWeights {
  private final ModelDirectory model;
  private final List<LayerLayout> layouts;
  private final NumericType type;
  private final HostArrays arrays = new HostArrays();

  /**
   * Weights of a model that stays the caller's, and open for as long.
   *
   * @param layouts where each layer's units go
   */
  ArrangedWeights(ModelDirectory model, List<LayerLayout> layouts, NumericType type) {
    this.model = model;
    this.layouts = List.copyOf(layouts);
    this.type = type;
  }

  @Override
  public LlamaConfig config() {
    return model.config();
  }

  @Override
  public NumericType type() {
    return type;
  }

  @Override
  public LayerLayout layout(int layer) {
    return layouts.get(layer);
  }

  @Override
  public NDArray weight(NDManager manager, int layer, LayerWeight weight) {
    LayerLayout layout = layouts.get(layer);
    int head = config().headSize();
    StoredTensor tensor = model.tensor(layer, weight);
    return switch (weight) {
      case INPUT_NORM, MLP_NORM -> stored(manager, tensor);
      case QUERY -> arranged(manager, "arrange_rows", tensor, layout.queryHeads(), head);
      case KEY, VALUE -> arranged(manager, "arrange_rows", tensor, layout.keyValueHeads(), head);
      case GATE, UP -> arranged(manager, "arrange_rows", tensor, layout.neurons(), 1);
      case ATTENTION_OUTPUT ->
          arranged(manager, "arrange_columns", tensor, layout.queryHeads(), head);
      case DOWN -> arranged(manager, "arrange_columns", tensor, layout.neurons(), 1);
    };
  }

  @Override
  public NDArray embedding(NDManager manager) {
    return stored(manager, model.embedding());
  }

  @Override
  public NDArray finalNorm(NDManager manager) {
    return stored(manager, model.finalNorm());
  }

  @Override
  public NDArray outputHead(NDManager manager) {
    return stored(manager, model.outputHead());
  }

  @Override
  public void close() {
    arrays.close();
  }

  private NDArray arranged(
      NDManager manager, String method, StoredTensor tensor, List<Integer> units, int width) {
    try (NDManager scratch = Decoder.hostManager()) {
      return arrays.arranged(manager, method, stored(scratch, tensor), units, width);
    }
  }

  private NDArray stored(NDManager manager, StoredTensor tensor) {
    return arrays.ofFloats(
        manager,
        tensor.shape(),
        type,
        (start, count, target) -> tensor.read(start, target.asFloatBuffer()));
  }
}
