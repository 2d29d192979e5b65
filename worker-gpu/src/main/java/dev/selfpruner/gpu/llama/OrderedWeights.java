package dev.selfpruner.gpu.llama;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelTensors;
import dev.selfpruner.gpu.safetensors.SafetensorsFile;
import dev.selfpruner.gpu.safetensors.SafetensorsWriter;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import dev.selfpruner.gpu.safetensors.TensorSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A model's weights in importance order, in a safetensors file: named as the model's, laid out as
 * {@link HostWeights} says. Memory-mapped: a tensor up to 2 GiB is the file's own pages, shared by
 * all processes that map it.
 */
public final class OrderedWeights implements HostWeights {
  /** Elements that are copied at a time. */
  private static final long PIECE = 1 << 26;

  private final SafetensorsFile file;
  private final LlamaConfig config;
  private final List<LayerLayout> layouts;
  private final NumericType type;
  private final HostArrays arrays = new HostArrays();

  private OrderedWeights(
      SafetensorsFile file, LlamaConfig config, List<LayerLayout> layouts, NumericType type) {
    this.file = file;
    this.config = config;
    this.layouts = List.copyOf(layouts);
    this.type = type;
  }

  /**
   * Opens a file that {@link #write} wrote.
   *
   * @param layouts those that it was written with
   * @throws ModelFormatException if a tensor is missing or has another shape or type
   */
  static OrderedWeights open(
      Path path, LlamaConfig config, List<LayerLayout> layouts, NumericType type)
      throws IOException {
    SafetensorsFile file = SafetensorsFile.open(path);
    try {
      for (TensorSpec expected : tensors(config, type)) {
        StoredTensor tensor = file.tensor(expected.name());
        if (!tensor.shape().equals(expected.shape()) || tensor.type() != expected.type()) {
          throw new ModelFormatException(
              "tensor " + expected.name(),
              path,
              "it is %s, not %s %s".formatted(tensor.describe(), expected.shape(), expected.type()),
              "delete the file: it is made again from the model");
        }
      }
      return new OrderedWeights(file, config, layouts, type);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Writes all weights of {@code weights} to a file, whole or not at all. */
  static void write(HostWeights weights, Path target) throws IOException {
    List<TensorSpec> tensors = tensors(weights.config(), weights.type());
    try (SafetensorsWriter writer = SafetensorsWriter.create(target, tensors, Map.of());
        HostArrays arrays = new HostArrays()) {
      for (int layer = 0; layer < weights.config().layers().size(); layer++) {
        for (LayerWeight weight : LayerWeight.MATRICES) {
          try (NDManager manager = Decoder.hostManager()) {
            append(
                writer, arrays, weight.tensorName(layer), weights.weight(manager, layer, weight));
          }
        }
      }
      try (NDManager manager = Decoder.hostManager()) {
        append(writer, arrays, ModelTensors.EMBEDDING, weights.embedding(manager));
        append(writer, arrays, ModelTensors.FINAL_NORM, weights.finalNorm(manager));
        if (!weights.config().tiedEmbeddings()) {
          append(writer, arrays, ModelTensors.OUTPUT_HEAD, weights.outputHead(manager));
        }
      }
      writer.commit();
    }
  }

  private static void append(
      SafetensorsWriter writer, HostArrays arrays, String name, NDArray weight) throws IOException {
    try (NDManager scratch = weight.getManager().newSubManager()) {
      NDArray flat = arrays.flat(scratch, weight);
      for (long start = 0; start < flat.size(); start += PIECE) {
        long count = Math.min(PIECE, flat.size() - start);
        try (NDArray piece = arrays.part(scratch, flat, start, 0, count)) {
          writer.append(name, piece.toByteBuffer(true));
        }
      }
    }
  }

  private static List<TensorSpec> tensors(LlamaConfig config, NumericType type) {
    List<TensorSpec> tensors = new ArrayList<>();
    for (int layer = 0; layer < config.layers().size(); layer++) {
      LayerBlock block = LayerBlock.of(config, layer);
      for (LayerWeight weight : LayerWeight.MATRICES) {
        LayerBlock.Part part = block.part(weight);
        List<Long> shape = List.of(part.rows(), part.columns());
        tensors.add(new TensorSpec(weight.tensorName(layer), type.storageType(), shape));
      }
    }
    Map<String, List<Long>> shapes = ModelTensors.shapes(config);
    for (String name :
        List.of(ModelTensors.EMBEDDING, ModelTensors.FINAL_NORM, ModelTensors.OUTPUT_HEAD)) {
      if (shapes.containsKey(name)) {
        tensors.add(new TensorSpec(name, type.storageType(), shapes.get(name)));
      }
    }
    return tensors;
  }

  @Override
  public LlamaConfig config() {
    return config;
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
    return tensorOf(manager, weight.tensorName(layer));
  }

  @Override
  public NDArray embedding(NDManager manager) {
    return tensorOf(manager, ModelTensors.EMBEDDING);
  }

  @Override
  public NDArray finalNorm(NDManager manager) {
    return tensorOf(manager, ModelTensors.FINAL_NORM);
  }

  @Override
  public NDArray outputHead(NDManager manager) {
    return tensorOf(manager, ModelTensors.OUTPUT_HEAD);
  }

  @Override
  public void close() {
    arrays.close();
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private NDArray tensorOf(NDManager manager, String name) {
    StoredTensor tensor = file.tensor(name);
    boolean mappable = tensor.elements() * type.bytes() <= Integer.MAX_VALUE;
    // DJL can't make bfloat16 arrays of a buffer, nor of one over 2 GiB.
    if (!mappable || type == NumericType.BFLOAT16) {
      return arrays.ofBytes(manager, tensor.shape(), type, tensor::readRaw);
    }
    Shape shape = new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
    DataType dataType = type == NumericType.FLOAT32 ? DataType.FLOAT32 : DataType.FLOAT16;
    return manager.create(tensor.map(), shape, dataType);
  }
}
