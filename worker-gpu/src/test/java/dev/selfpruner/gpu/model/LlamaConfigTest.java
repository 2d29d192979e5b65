package dev.selfpruner.gpu.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.safetensors.StorageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LlamaConfigTest {
  @TempDir private Path directory;

  @Test
  void takesTransformersDefaultsForWhatTheFirstLlamaLeftOut() throws IOException {
    LlamaConfig config =
        read(
            """
            {"architectures": ["LLaMAForCausalLM"], "model_type": "llama", "hidden_size": 5120,
             "intermediate_size": 13824, "num_attention_heads": 40, "num_hidden_layers": 40,
             "torch_dtype": "float16", "vocab_size": 32000}
            """);

    assertThat(config)
        .isEqualTo(
            new LlamaConfig(
                5120,
                32000,
                128,
                1e-6,
                2048,
                false,
                new RotaryEmbedding(10000.0, new RopeScaling.None()),
                StorageType.F16,
                Collections.nCopies(40, LayerSize.grouped(40, 40, 13824))));
  }

  @Test
  void readsLlama31() throws IOException {
    LlamaConfig config =
        read(
            """
            {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "mlp_bias": false,
             "hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 14336,
             "max_position_embeddings": 131072, "model_type": "llama", "num_attention_heads": 32,
             "num_hidden_layers": 32, "num_key_value_heads": 8, "pretraining_tp": 1,
             "rms_norm_eps": 1e-05, "rope_theta": 500000.0, "tie_word_embeddings": false,
             "rope_scaling": {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
               "original_max_position_embeddings": 8192, "rope_type": "llama3"},
             "torch_dtype": "bfloat16", "vocab_size": 128256, "eos_token_id": [1, 2]}
            """);

    assertThat(config.contextLength()).isEqualTo(131072);
    assertThat(config.storageType()).isEqualTo(StorageType.BF16);
    assertThat(config.layers().get(31)).isEqualTo(LayerSize.grouped(32, 8, 14336));
    assertThat(config.rotaryEmbedding())
        .isEqualTo(new RotaryEmbedding(500000.0, new RopeScaling.Llama3(8.0, 1.0, 4.0, 8192)));
  }

  @Test
  void bothSpellingsOfRotaryParametersMeanTheSame() throws IOException {
    String start = "{\"model_type\": \"llama\", ";
    List<LlamaConfig> configs =
        List.of(
            read(
                start
                    + "\"rope_theta\": 7.5, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}}"),
            read(
                start
                    + "\"rope_theta\": 7.5, \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 4.0}}"),
            read(
                start
                    + "\"rope_parameters\": {\"rope_theta\": 7.5, \"rope_type\": \"linear\", \"factor\": 4.0}}"));

    assertThat(configs)
        .extracting(LlamaConfig::rotaryEmbedding)
        .containsOnly(new RotaryEmbedding(7.5, new RopeScaling.Linear(4.0)));
    assertThat(
            read(start + "\"rope_parameters\": {\"rope_theta\": 7.5, \"rope_type\": \"default\"}}"))
        .extracting(LlamaConfig::rotaryEmbedding)
        .isEqualTo(new RotaryEmbedding(7.5, new RopeScaling.None()));
    assertThat(read(start + "\"dtype\": \"bfloat16\"}").storageType()).isEqualTo(StorageType.BF16);
  }

  @Test
  void readsTheLayerSizesOfAPrunedModel() throws IOException {
    LlamaConfig config = read(pruned("[0, 0, 1]", 7, 1));

    assertThat(config.layers())
        .containsExactly(new LayerSize(List.of(0, 0, 1), 7), LayerSize.grouped(6, 3, 10));
    assertThat(PrunedSizes.write(config.layers()).toString())
        .isEqualTo(
            "{\"format_version\":1,\"layers\":["
                + "{\"key_value_head_of_query_head\":[0,0,1],\"intermediate_size\":7},"
                + "{\"key_value_head_of_query_head\":[0,0,1,1,2,2],\"intermediate_size\":10}]}");
  }

  @Test
  void refusesPrunedSizesThatCannotBe() {
    refuses(pruned("[0, 2]", 7, 1), "key selfpruner.layers[0].key_value_head_of_query_head");
    refuses(pruned("[]", 7, 1), "key selfpruner.layers[0].key_value_head_of_query_head");
    refuses(pruned("[0.5]", 7, 1), "has the element 0.5");
    refuses(pruned("[-1]", 7, 1), "numbered from 0 without gaps");
    refuses(pruned("[0]", 0, 1), "at least one query head and one neuron");
    refuses(pruned("[0]", 7, 2), "key selfpruner.format_version in", "is 2, this program reads 1");
    refuses(
        pruned("[0]", 7, 1).replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3"),
        "has 2 elements for 3 layers");
    refuses(
        "{\"model_type\": \"llama\", \"architectures\": [\"SelfPrunedLlamaForCausalLM\"]}",
        "key selfpruner in",
        "it is missing from a pruned model");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          model_type              | "mistral"           | is 'mistral', not 'llama'
          model_type              | 7                   | is 7, not a text
          hidden_act              | "gelu"              | is 'gelu', not 'silu'
          attention_bias          | true                | projections with a bias are not supported
          mlp_bias                | true                | projections with a bias are not supported
          mlp_bias                | 1                   | is 1, not true or false
          quantization_config     | {"bits": 4}         | quantised weights cannot be pruned
          hidden_size             | 4097                | not a multiple of the 32 attention heads
          hidden_size             | 1000000000          | is 1,000,000,000, out of [1, 131,072]
          hidden_size             | "4096"              | is "4096", not a 32-bit integer
          hidden_size             | 4096.5              | is 4096.5, not a 32-bit integer
          hidden_size             | 1e400               | not a 32-bit integer
          intermediate_size       | 0                   | is 0, out of [1, 1,048,576]
          num_hidden_layers       | 2147483647          | out of [1, 4,096]
          num_hidden_layers       | 99999999999         | not a 32-bit integer
          num_attention_heads     | -4                  | is -4, out of [1, 4,096]
          num_key_value_heads     | 5                   | does not divide the 32 attention heads
          vocab_size              | 2000000000          | out of [1, 4,194,304]
          head_dim                | 100000              | out of [1, 4,096]
          torch_dtype             | "float64"           | is 'float64'
          partial_rotary_factor   | 0.5                 | only whole heads are rotated here
          rope_scaling            | "linear"            | is "linear", not an object
          """)
  void namesTheKeyThatItCannotTake(String key, String value, String complaint) {
    String config =
        key.equals("model_type")
            ? "{\"model_type\": %s}".formatted(value)
            : "{\"model_type\": \"llama\", \"%s\": %s}".formatted(key, value);

    refuses(config, "key " + key + " in ", complaint);
  }

  @Test
  void refusesOtherRotaryScalings() {
    String start = "{\"model_type\": \"llama\", \"rope_scaling\": ";
    refuses(
        start + "{\"rope_type\": \"yarn\", \"factor\": 2}}",
        "key rope_scaling.rope_type in ",
        "is 'yarn', and only default, linear and llama3 are computed");
    refuses(start + "{\"type\": \"linear\"}}", "key rope_scaling.factor in ", "it is missing");
    refuses(start + "{\"type\": \"linear\", \"factor\": -1}}", "the factor is positive, not -1.0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"model_type\": \"llama\", \"rms_norm_eps\": 0}",
        "{\"model_type\": \"llama\", \"rms_norm_eps\": 1e-400}",
        "{\"model_type\": \"llama\", \"rope_theta\": -1}",
        "{\"model_type\": \"llama\", \"rope_theta\": 1e999}",
        "{\"model_type\": \"llama\", \"head_dim\": 3}",
        "{\"model_type\": \"llama\", \"model_type\": \"llama\"}",
        "{\"model_type\": \"llama\"} {}",
        "{\"model_type\": \"llama\"",
        "[\"llama\"]",
        "",
        "{}",
        "NaN"
      })
  void refusesWhatIsNoConfiguration(String config) {
    refuses(config, directory.toString());
  }

  @Test
  void saysWhichFileIsMissing() {
    assertThatThrownBy(() -> LlamaConfig.read(directory.resolve("config.json")))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageEndingWith(
            "config.json: there is no such file - give the directory of a Hugging Face model");
  }

  private static String pruned(String heads, int neurons, int version) {
    String dense = TestModels.CONFIG.strip();
    return dense.substring(0, dense.length() - 1)
        + """
        , "selfpruner": {"format_version": %d, "layers": [
          {"key_value_head_of_query_head": %s, "intermediate_size": %d},
          {"key_value_head_of_query_head": [0, 0, 1, 1, 2, 2], "intermediate_size": 10}]}}
        """
            .formatted(version, heads, neurons);
  }

  private void refuses(String config, String... complaints) {
    assertThatThrownBy(() -> read(config))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContainingAll(complaints)
        .hasMessageContaining(directory.resolve("config.json").toString())
        .hasMessageMatching("(?s).+ - .+");
  }

  private LlamaConfig read(String config) throws IOException {
    return LlamaConfig.read(Files.writeString(directory.resolve("config.json"), config));
  }
}
