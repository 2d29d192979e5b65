package dev.selfpruner.gpu.llama;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import java.util.List;
import java.util.stream.IntStream;

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
      case INPUT_NORM, MLP_NORM ->
          throw new IllegalArgumentException("norms are multiplied into what reads them");
      case QUERY ->
          reading(manager, layer, LayerWeight.INPUT_NORM, tensor, turned(layout.queryHeads()), 1);
      case KEY ->
          reading(
              manager, layer, LayerWeight.INPUT_NORM, tensor, turned(layout.keyValueHeads()), 1);
      case VALUE ->
          reading(manager, layer, LayerWeight.INPUT_NORM, tensor, layout.keyValueHeads(), head);
      case GATE, UP -> reading(manager, layer, LayerWeight.MLP_NORM, tensor, layout.neurons(), 1);
      case ATTENTION_OUTPUT -> transposed(manager, tensor, layout.queryHeads(), head);
      case DOWN -> transposed(manager, tensor, layout.neurons(), 1);
    };
  }

  /** Rows of heads, with those together that transformers has half a head apart. */
  private List<Integer> turned(List<Integer> heads) {
    int size = config().headSize();
    return heads.stream()
        .flatMap(
            head ->
                IntStream.range(0, size).mapToObj(i -> head * size + i / 2 + (i % 2) * (size / 2)))
        .toList();
  }

  @Override
  public NDArray embedding(NDManager manager) {
    return stored(manager, model.embedding(), type);
  }

  @Override
  public NDArray finalNorm(NDManager manager) {
    return stored(manager, model.finalNorm(), type);
  }

  @Override
  public NDArray outputHead(NDManager manager) {
    return stored(manager, model.outputHead(), type);
  }

  @Override
  public void close() {
    arrays.close();
  }

  /** A matrix [out, in] times the norm that it reads, its blocks of rows in a new order. */
  private NDArray reading(
      NDManager manager,
      int layer,
      LayerWeight norm,
      StoredTensor tensor,
      List<Integer> units,
      int width) {
    try (NDManager scratch = Decoder.hostManager()) {
      // In float32, so that the product is rounded once.
      NDArray wide = stored(scratch, tensor, NumericType.FLOAT32);
      NDArray scale = stored(scratch, model.tensor(layer, norm), NumericType.FLOAT32);
      NDArray scaled = arrays.cast(scratch, arrays.scaledColumns(scratch, wide, scale), type);
      return arrays.arranged(manager, "arrange_rows", scaled, units, width);
    }
  }

  private NDArray transposed(
      NDManager manager, StoredTensor tensor, List<Integer> units, int width) {
    try (NDManager scratch = Decoder.hostManager()) {
      return arrays.arranged(
          manager, "arrange_columns", stored(scratch, tensor, type), units, width);
    }
  }

  private NDArray stored(NDManager manager, StoredTensor tensor, NumericType as) {
    return arrays.ofFloats(
        manager,
        tensor.shape(),
        as,
        (start, count, target) -> tensor.read(start, target.asFloatBuffer()));
  }
}
