package dev.selfpruner.gpu.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.gpu.safetensors.SafetensorsWriter;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.safetensors.TensorSpec;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Small models with random weights, for tests that want any model at all. */
public final class TestModels {
  /** 2 layers, 6 query heads of 4 in 3 groups, 10 neurons. */
  public static final String CONFIG =
      """
      {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 16,
       "intermediate_size": 10, "num_hidden_layers": 2, "num_attention_heads": 6,
       "num_key_value_heads": 3, "head_dim": 4, "vocab_size": 20, "max_position_embeddings": 64,
       "rms_norm_eps": 1e-05, "rope_theta": 500000.0, "tie_word_embeddings": false,
       "torch_dtype": "float16"}
      """;

  private static final String TOKENIZER =
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
       "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null,
       "decoder": null, "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1}, "unk_token": "a"}}
      """;

  private TestModels() {}

  /** A model of {@link #CONFIG} in one file. */
  public static Path write(Path directory) throws IOException {
    return write(directory, CONFIG, StorageType.F16, specs -> specs);
  }

  /**
   * A model of any configuration in one file.
   *
   * @param change made to the tensors that the configuration asks for
   */
  public static Path write(
      Path directory, String config, StorageType type, UnaryOperator<List<TensorSpec>> change)
      throws IOException {
    List<TensorSpec> tensors = change.apply(writeConfig(directory, config, type));
    writeWeights(directory.resolve("model.safetensors"), tensors);
    return directory;
  }

  /** A model of {@link #CONFIG} in two files with an index. */
  public static Path writeSharded(Path directory) throws IOException {
    List<TensorSpec> tensors = writeConfig(directory, CONFIG, StorageType.F16);
    int middle = tensors.size() / 2;
    writeWeights(directory.resolve("one.safetensors"), tensors.subList(0, middle));
    writeWeights(directory.resolve("two.safetensors"), tensors.subList(middle, tensors.size()));
    ObjectNode index = Json.mapper().createObjectNode();
    ObjectNode map = index.putObject("weight_map");
    for (int i = 0; i < tensors.size(); i++) {
      map.put(tensors.get(i).name(), i < middle ? "one.safetensors" : "two.safetensors");
    }
    Files.writeString(directory.resolve("model.safetensors.index.json"), Json.write(index));
    return directory;
  }

  private static List<TensorSpec> writeConfig(Path directory, String config, StorageType type)
      throws IOException {
    Files.createDirectories(directory);
    Path file = Files.writeString(directory.resolve("config.json"), config);
    Files.writeString(directory.resolve("tokenizer.json"), TOKENIZER);
    List<TensorSpec> tensors = new ArrayList<>();
    ModelTensors.shapes(LlamaConfig.read(file))
        .forEach((name, shape) -> tensors.add(new TensorSpec(name, type, shape)));
    return tensors;
  }

  /** Weights depend on the tensor's name alone, so that two layouts of one model are alike. */
  private static void writeWeights(Path file, List<TensorSpec> tensors) throws IOException {
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, tensors, Map.of())) {
      for (TensorSpec tensor : tensors) {
        Random random = new Random(tensor.name().hashCode());
        FloatBuffer values = FloatBuffer.allocate((int) tensor.elements());
        while (values.hasRemaining()) {
          values.put((float) random.nextGaussian());
        }
        writer.append(tensor.name(), values.flip());
      }
      writer.commit();
    }
  }
}
