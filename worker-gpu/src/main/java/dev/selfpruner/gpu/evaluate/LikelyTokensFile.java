package dev.selfpruner.gpu.evaluate;

import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.safetensors.SafetensorsFile;
import dev.selfpruner.gpu.safetensors.SafetensorsWriter;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import dev.selfpruner.gpu.safetensors.TensorSpec;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Likely tokens as safetensors: for chunk N {@code chunks.N.tokens} and {@code
 * chunks.N.log_probabilities}, {@code [positions, count]}, float32. Ids are below 2^22 ({@link
 * dev.selfpruner.gpu.model.LlamaConfig}), and float32 is exact up to 2^24.
 */
public final class LikelyTokensFile {
  private LikelyTokensFile() {}

  /** Writes a file whole or not at all. */
  public static void write(List<LikelyTokens> chunks, Path target) throws IOException {
    List<TensorSpec> tensors = new ArrayList<>();
    for (int i = 0; i < chunks.size(); i++) {
      List<Long> shape = List.of((long) chunks.get(i).positions(), (long) chunks.get(i).count());
      tensors.add(new TensorSpec(tokens(i), StorageType.F32, shape));
      tensors.add(new TensorSpec(logProbabilities(i), StorageType.F32, shape));
    }
    try (SafetensorsWriter writer = SafetensorsWriter.create(target, tensors, Map.of())) {
      for (int i = 0; i < chunks.size(); i++) {
        IntBuffer tokens = chunks.get(i).tokens();
        FloatBuffer ids = FloatBuffer.allocate(tokens.remaining());
        while (tokens.hasRemaining()) {
          ids.put(tokens.get());
        }
        writer.append(tokens(i), ids.flip());
        writer.append(logProbabilities(i), chunks.get(i).logProbabilities());
      }
      writer.commit();
    }
  }

  /**
   * Reads a file that {@link #write} wrote.
   *
   * @throws ModelFormatException if it is none
   */
  public static List<LikelyTokens> read(Path file) throws IOException {
    List<LikelyTokens> chunks = new ArrayList<>();
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      for (int i = 0; i < tensors.names().size() / 2; i++) {
        StoredTensor ids = tensors.tensor(tokens(i));
        float[] values = values(ids);
        int[] tokens = new int[values.length];
        for (int j = 0; j < tokens.length; j++) {
          tokens[j] = (int) values[j];
        }
        int count = Math.toIntExact(ids.shape().get(1));
        chunks.add(new LikelyTokens(count, tokens, values(tensors.tensor(logProbabilities(i)))));
      }
    }
    return chunks;
  }

  private static String tokens(int chunk) {
    return "chunks." + chunk + ".tokens";
  }

  private static String logProbabilities(int chunk) {
    return "chunks." + chunk + ".log_probabilities";
  }

  private static float[] values(StoredTensor tensor) {
    FloatBuffer buffer = FloatBuffer.allocate(Math.toIntExact(tensor.elements()));
    tensor.read(0, buffer);
    return buffer.array();
  }
}
