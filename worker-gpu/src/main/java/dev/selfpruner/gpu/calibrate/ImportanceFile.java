package dev.selfpruner.gpu.calibrate;

import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.safetensors.SafetensorsFile;
import dev.selfpruner.gpu.safetensors.SafetensorsWriter;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import dev.selfpruner.gpu.safetensors.TensorSpec;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Importance as safetensors: for layer N {@code layers.N.query_heads} and {@code layers.N.neurons},
 * float32, which loses nothing of what {@link Calibrator} gives.
 */
public final class ImportanceFile {
  private static final String TOKENS = "tokens";

  private ImportanceFile() {}

  /** Writes a file whole or not at all. */
  public static void write(Importance importance, Path target) throws IOException {
    List<TensorSpec> tensors = new ArrayList<>();
    for (int i = 0; i < importance.layers().size(); i++) {
      LayerImportance layer = importance.layers().get(i);
      tensors.add(tensor(queryHeads(i), layer.queryHeads()));
      tensors.add(tensor(neurons(i), layer.neurons()));
    }
    Map<String, String> metadata = Map.of(TOKENS, Long.toString(importance.tokens()));
    try (SafetensorsWriter writer = SafetensorsWriter.create(target, tensors, metadata)) {
      for (int i = 0; i < importance.layers().size(); i++) {
        LayerImportance layer = importance.layers().get(i);
        writer.append(queryHeads(i), floats(layer.queryHeads()));
        writer.append(neurons(i), floats(layer.neurons()));
      }
      writer.commit();
    }
  }

  /**
   * Reads a file that {@link #write} wrote.
   *
   * @throws ModelFormatException if it is none
   */
  public static Importance read(Path file) throws IOException {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      int layers = tensors.names().size() / 2;
      List<LayerImportance> importance =
          IntStream.range(0, layers)
              .mapToObj(
                  i ->
                      new LayerImportance(
                          values(tensors.tensor(queryHeads(i))),
                          values(tensors.tensor(neurons(i)))))
              .toList();
      return new Importance(
          importance, Long.parseLong(tensors.metadata().getOrDefault(TOKENS, "0")));
    }
  }

  private static String queryHeads(int layer) {
    return "layers." + layer + ".query_heads";
  }

  private static String neurons(int layer) {
    return "layers." + layer + ".neurons";
  }

  private static TensorSpec tensor(String name, List<Double> scores) {
    return new TensorSpec(name, StorageType.F32, List.of((long) scores.size()));
  }

  private static FloatBuffer floats(List<Double> scores) {
    FloatBuffer buffer = FloatBuffer.allocate(scores.size());
    scores.forEach(score -> buffer.put(score.floatValue()));
    return buffer.flip();
  }

  private static List<Double> values(StoredTensor tensor) {
    FloatBuffer buffer = FloatBuffer.allocate(Math.toIntExact(tensor.elements()));
    tensor.read(0, buffer);
    return IntStream.range(0, buffer.capacity()).mapToObj(i -> (double) buffer.get(i)).toList();
  }
}
