package dev.selfpruner.gpu.reconstruct;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.safetensors.SafetensorsFile;
import dev.selfpruner.gpu.safetensors.SafetensorsWriter;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import dev.selfpruner.gpu.safetensors.TensorSpec;
import dev.selfpruner.gpu.torch.Closing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A layer's fitted projections, as safetensors: {@code attention} {@code [query heads * head,
 * hidden]} and {@code mlp} {@code [neurons, hidden]} of the units that stay, transposed, most
 * important first; float32. One that isn't there is as the dense model has it.
 */
public final class FittedLayerFile implements AutoCloseable {
  private final SafetensorsFile file;
  private final AutoCloseable use;

  private FittedLayerFile(SafetensorsFile file, AutoCloseable use) {
    this.file = file;
    this.use = use;
  }

  /**
   * Writes a file whole or not at all.
   *
   * @param fitted float32 on the host, at least one
   */
  static void write(Map<Projection, NDArray> fitted, Path target) throws IOException {
    Map<Projection, NDArray> inOrder = new EnumMap<>(fitted);
    List<TensorSpec> specs =
        inOrder.entrySet().stream()
            .map(
                entry ->
                    new TensorSpec(
                        entry.getKey().tensorName(),
                        StorageType.F32,
                        List.of(
                            entry.getValue().getShape().get(0),
                            entry.getValue().getShape().get(1))))
            .toList();
    try (SafetensorsWriter writer = SafetensorsWriter.create(target, specs, Map.of())) {
      for (Map.Entry<Projection, NDArray> entry : inOrder.entrySet()) {
        writer.append(entry.getKey().tensorName(), entry.getValue().toByteBuffer(true));
      }
      writer.commit();
    }
  }

  /** Opens a file that {@link #write} wrote. */
  public static FittedLayerFile open(Path path) {
    return open(path, () -> {});
  }

  /**
   * As {@link #open(Path)}.
   *
   * @param use of the file, which is closed after it, and where it can't be opened
   */
  public static FittedLayerFile open(Path path, AutoCloseable use) {
    try {
      return new FittedLayerFile(SafetensorsFile.open(path), use);
    } catch (IOException | RuntimeException e) {
      Closing.all(List.of(use));
      throw e instanceof RuntimeException known
          ? known
          : new UncheckedIOException(
              "cannot read fitted weights: " + e.getMessage(), (IOException) e);
    }
  }

  /** A projection, if it was fitted. */
  public Optional<StoredTensor> find(Projection projection) {
    return file.names().contains(projection.tensorName())
        ? Optional.of(file.tensor(projection.tensorName()))
        : Optional.empty();
  }

  /** As {@link #find}, as an array on the host: the file's own pages. */
  Optional<NDArray> read(NDManager host, Projection projection) {
    return find(projection)
        .map(
            tensor ->
                host.create(
                    tensor.map(),
                    new Shape(tensor.shape().get(0), tensor.shape().get(1)),
                    DataType.FLOAT32));
  }

  @Override
  public void close() {
    Closing.all(List.of(file, use));
  }
}
