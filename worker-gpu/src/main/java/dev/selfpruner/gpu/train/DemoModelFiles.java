package dev.selfpruner.gpu.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.safetensors.HalfPrecision;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a trained model as transformers reads it. */
final class DemoModelFiles {
  private DemoModelFiles() {}

  static void write(LlamaConfig config, ParameterLayout layout, float[] values, Path directory)
      throws IOException {
    ObjectNode json = configuration(config);
    Files.writeString(directory.resolve(ModelDirectory.CONFIG), json.toPrettyString() + "\n");
    ObjectNode header = Json.mapper().createObjectNode();
    for (ParameterLayout.Slot slot : layout.slots()) {
      ObjectNode t = header.putObject(slot.name());
      t.put("dtype", "F16");
      var shape = t.putArray("shape");
      slot.shape().forEach(shape::add);
      t.putArray("data_offsets")
          .add(2L * slot.offset())
          .add(2L * (slot.offset() + slot.elements()));
    }
    String text = header.toString();
    text = text + " ".repeat((8 - text.length() % 8) % 8);
    ByteBuffer buffer =
        ByteBuffer.allocate(8 + text.length() + 2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(text.length()).put(text.getBytes(StandardCharsets.UTF_8));
    for (float value : values) {
      buffer.putShort(HalfPrecision.floatToFloat16(value));
    }
    try (OutputStream out = Files.newOutputStream(directory.resolve("model.safetensors"))) {
      out.write(buffer.array());
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
