package dev.selfpruner.gpu.reconstruct;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.safetensors.SafetensorsFile;
import dev.selfpruner.gpu.safetensors.SafetensorsWriter;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import dev.selfpruner.gpu.safetensors.TensorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One layer's Gram matrices X^T X, summed over all calibration tokens, as safetensors: {@code
 * attention} {@code [query heads * head, query heads * head]} of what o_proj reads, and {@code mlp}
 * {@code [neurons, neurons]} of what down_proj reads; float32, columns in the order of the stored
 * model.
 */
public final class GramFile {
  /** Gram matrix of what o_proj reads. */
  public static final String ATTENTION = "attention";

  /** Gram matrix of what down_proj reads. */
  public static final String MLP = "mlp";

  private GramFile() {}

  /**
   * Writes a file whole or not at all.
   *
   * @param attention float32 {@code [n, n]} on any device
   * @param mlp as {@code attention}
   */
  public static void write(Path target, NDArray attention, NDArray mlp) throws IOException {
    try (GramMatrices matrices = GramMatrices.on(attention.getDevice())) {
      write(target, matrices, attention, mlp);
    }
  }

  static void write(Path target, GramMatrices matrices, NDArray attention, NDArray mlp)
      throws IOException {
    List<TensorSpec> tensors = List.of(spec(ATTENTION, attention), spec(MLP, mlp));
    try (SafetensorsWriter writer = SafetensorsWriter.create(target, tensors, Map.of())) {
      matrices.append(writer, ATTENTION, attention);
      matrices.append(writer, MLP, mlp);
      writer.commit();
    }
  }

  /**
   * Reads one of a file's matrices.
   *
   * @param manager owner of the matrix, which is on its device
   * @param name {@link #ATTENTION} or {@link #MLP}
   * @return float32 {@code [n, n]}, the caller's to change
   * @throws ModelFormatException if the file has no such matrix
   */
  public static NDArray read(NDManager manager, Path file, String name) throws IOException {
    try (GramMatrices matrices = GramMatrices.on(manager.getDevice())) {
      return read(manager, matrices, file, name);
    }
  }

  static NDArray read(NDManager manager, GramMatrices matrices, Path file, String name)
      throws IOException {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      StoredTensor tensor = tensors.tensor(name);
      List<Long> shape = tensor.shape();
      if (tensor.type() != StorageType.F32
          || shape.size() != 2
          || !shape.get(0).equals(shape.get(1))) {
        throw new ModelFormatException(
            "tensor " + name,
            file,
            "it is %s, not a square matrix of F32".formatted(tensor.describe()),
            "delete the file and give the same command again: it is made again from the model");
      }
      return matrices.read(manager, tensor);
    }
  }

  private static TensorSpec spec(String name, NDArray matrix) {
    List<Long> shape = Arrays.stream(matrix.getShape().getShape()).boxed().toList();
    return new TensorSpec(name, StorageType.F32, shape);
  }
}
