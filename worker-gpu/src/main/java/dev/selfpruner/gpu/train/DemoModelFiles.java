package dev.selfpruner.gpu.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.safetensors.SafetensorsWriter;
import dev.selfpruner.gpu.safetensors.TensorSpec;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes a trained model as transformers reads it. */
final class DemoModelFiles {
  private DemoModelFiles() {}

  static void write(LlamaConfig config, ParameterLayout layout, float[] values, Path directory)
      throws IOException {
    Files.writeString(
        directory.resolve(ModelDirectory.CONFIG), configuration(config).toPrettyString() + "\n");
    List<TensorSpec> tensors =
        layout.slots().stream()
            .map(slot -> new TensorSpec(slot.name(), config.storageType(), slot.shape()))
            .toList();
    Path file = directory.resolve("model.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, tensors, Map.of())) {
      for (ParameterLayout.Slot slot : layout.slots()) {
        writer.append(slot.name(), FloatBuffer.wrap(values, slot.offset(), slot.elements()));
      }
      writer.commit();
    }
  }

  private static ObjectNode configuration(LlamaConfig config) {
    LayerSize layer = config.layers().get(0);
    ObjectNode root = Json.mapper().createObjectNode();
    root.putArray("architectures").add("LlamaForCausalLM");
    return root.put("model_type", "llama")
        .put("hidden_act", "silu")
        .put("attention_bias", false)
        .put("mlp_bias", false)
        .put("hidden_size", config.hiddenSize())
        .put("intermediate_size", layer.neurons())
        .put("num_hidden_layers", config.layers().size())
        .put("num_attention_heads", layer.queryHeads())
        .put("num_key_value_heads", layer.keyValueHeads())
        .put("head_dim", config.headSize())
        .put("vocab_size", config.vocabularySize())
        .put("max_position_embeddings", config.contextLength())
        .put("rms_norm_eps", config.rmsNormEpsilon())
        .put("rope_theta", config.rotaryEmbedding().theta())
        .put("tie_word_embeddings", true)
        .put("bos_token_id", TokenizerFiles.BEGIN_ID)
        .put("eos_token_id", TokenizerFiles.END_ID)
        .put("torch_dtype", "float16");
  }
}
