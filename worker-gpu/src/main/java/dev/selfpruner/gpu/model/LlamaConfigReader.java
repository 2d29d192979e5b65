package dev.selfpruner.gpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.safetensors.StorageType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads {@code config.json}; defaults are those of transformers' {@code LlamaConfig}. */
final class LlamaConfigReader {
  private static final String OTHER_MODEL =
      "use a LLaMA-family model (LLaMA 1 to 3.1, Vicuna, SmolLM2)";

  private final ConfigFile config;

  private LlamaConfigReader(ConfigFile config) {
    this.config = config;
  }

  static LlamaConfig read(Path file) {
    return new LlamaConfigReader(ConfigFile.read(file, LlamaConfig.MOST_BYTES)).read();
  }

  private LlamaConfig read() {
    requireArchitecture();
    int hiddenSize = bounded("hidden_size", 4096, LlamaConfig.LARGEST_HIDDEN_SIZE);
    int queryHeads = bounded("num_attention_heads", 32, LlamaConfig.MOST_HEADS);
    try {
      return new LlamaConfig(
          hiddenSize,
          bounded("vocab_size", 32000, LlamaConfig.LARGEST_VOCABULARY),
          headSize(hiddenSize, queryHeads),
          config.number("rms_norm_eps", 1e-6),
          bounded("max_position_embeddings", 2048, LlamaConfig.LARGEST_CONTEXT),
          config.flag("tie_word_embeddings"),
          rotaryEmbedding(),
          storageType(),
          config.has(PrunedSizes.KEY)
              ? PrunedSizes.read(config, layerCount())
              : denseLayers(queryHeads));
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(config.file(), e.getMessage(), "correct or download it again");
    }
  }

  private void requireArchitecture() {
    String type = config.text("model_type").orElse("missing");
    if (!type.equals("llama")) {
      throw config.error("model_type", "is '%s', not 'llama'".formatted(type), OTHER_MODEL);
    }
    JsonNode architectures = config.object().path("architectures");
    for (JsonNode architecture : architectures) {
      if (architecture.asText().equals(PrunedSizes.ARCHITECTURE) && !config.has(PrunedSizes.KEY)) {
        throw config.error(
            PrunedSizes.KEY, "it is missing from a pruned model", "prune the model again");
      }
    }
    String activation = config.text("hidden_act").orElse("silu");
    if (!activation.equals("silu")) {
      throw config.error("hidden_act", "is '%s', not 'silu'".formatted(activation), OTHER_MODEL);
    }
    for (String bias : List.of("attention_bias", "mlp_bias")) {
      if (config.flag(bias)) {
        throw config.error(bias, "projections with a bias are not supported", OTHER_MODEL);
      }
    }
    if (config.has("quantization_config")) {
      throw config.error(
          "quantization_config",
          "quantised weights cannot be pruned",
          "use the F32, F16 or BF16 original of this model");
    }
    if (config.number("partial_rotary_factor", 1.0) != 1.0) {
      throw config.error("partial_rotary_factor", "only whole heads are rotated here", OTHER_MODEL);
    }
  }

  private int headSize(int hiddenSize, int queryHeads) {
    if (config.has("head_dim")) {
      return bounded("head_dim", 0, LlamaConfig.LARGEST_HEAD_SIZE);
    }
    if (hiddenSize % queryHeads != 0) {
      throw config.error(
          "hidden_size",
          "is %d, not a multiple of the %d attention heads".formatted(hiddenSize, queryHeads),
          "correct it, or add head_dim");
    }
    return hiddenSize / queryHeads;
  }

  private int layerCount() {
    return bounded("num_hidden_layers", 32, LlamaConfig.MOST_LAYERS);
  }

  private List<LayerSize> denseLayers(int queryHeads) {
    int keyValueHeads = bounded("num_key_value_heads", queryHeads, LlamaConfig.MOST_HEADS);
    if (queryHeads % keyValueHeads != 0) {
      throw config.error(
          "num_key_value_heads",
          "is %d, which does not divide the %d attention heads"
              .formatted(keyValueHeads, queryHeads),
          "correct it or download it again");
    }
    int neurons = bounded("intermediate_size", 11008, LlamaConfig.MOST_NEURONS);
    return new ArrayList<>(
        Collections.nCopies(layerCount(), LayerSize.grouped(queryHeads, keyValueHeads, neurons)));
  }

  /**
   * Reads both spellings: {@code rope_theta} and {@code rope_scaling} side by side (transformers
   * before 5), or both inside {@code rope_parameters}.
   */
  private RotaryEmbedding rotaryEmbedding() {
    String key = config.object("rope_parameters").isPresent() ? "rope_parameters" : "rope_scaling";
    double theta = config.number("rope_theta", 10000.0);
    if (config.object(key).isEmpty()) {
      return new RotaryEmbedding(theta, new RopeScaling.None());
    }
    ConfigFile rope = config.object(key).orElseThrow();
    String type = rope.text("rope_type").or(() -> rope.text("type")).orElse("default");
    RopeScaling scaling =
        switch (type) {
          case "default" -> new RopeScaling.None();
          case "linear" -> new RopeScaling.Linear(rope.requireNumber("factor"));
          case "llama3" ->
              new RopeScaling.Llama3(
                  rope.requireNumber("factor"),
                  rope.requireNumber("low_freq_factor"),
                  rope.requireNumber("high_freq_factor"),
                  rope.requireInteger("original_max_position_embeddings"));
          default ->
              throw rope.error(
                  "rope_type",
                  "is '%s', and only default, linear and llama3 are computed".formatted(type),
                  "use a model without this kind of scaling");
        };
    return new RotaryEmbedding(rope.number("rope_theta", theta), scaling);
  }

  private StorageType storageType() {
    String key = config.has("torch_dtype") ? "torch_dtype" : "dtype";
    String type = config.text(key).orElse("float32");
    return switch (type) {
      case "float32" -> StorageType.F32;
      case "float16" -> StorageType.F16;
      case "bfloat16" -> StorageType.BF16;
      default ->
          throw config.error(
              key, "is '%s'".formatted(type), "convert the model to float32, float16 or bfloat16");
    };
  }

  private int bounded(String key, int otherwise, int most) {
    int value = config.integer(key, otherwise);
    if (value < 1 || value > most) {
      throw config.error(
          key, "is %,d, out of [1, %,d]".formatted(value, most), "correct it or download it again");
    }
    return value;
  }
}
