package dev.selfpruner.gpu.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.safetensors.TensorSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDirectoryTest {
  private static final String KEY_1 = "model.layers.1.self_attn.k_proj.weight";

  @TempDir private Path directory;

  @Test
  void findsEveryTensorInOneFileOrInShards() throws IOException {
    Path single = TestModels.write(directory.resolve("single"));
    Path sharded = TestModels.writeSharded(directory.resolve("sharded"));
    try (ModelDirectory one = ModelDirectory.open(single);
        ModelDirectory two = ModelDirectory.open(sharded)) {
      assertThat(one.parameters())
          .isEqualTo(2 * 20 * 16 + 16 + 2 * (2 * 16 + 2 * (6 + 3) * 4 * 16 + 3 * 10 * 16));
      assertThat(one.tensor(1, LayerWeight.KEY).shape()).containsExactly(12L, 16L);
      assertThat(one.outputHead().name()).isEqualTo("lm_head.weight");
      assertThat(two.tensorNames()).isEqualTo(one.tensorNames());
      assertThat(two.sha256()).isEqualTo(one.sha256());
      assertThat(one.tokenizerSha256())
          .isEqualTo(Digests.sha256(Files.readAllBytes(single.resolve("tokenizer.json"))));
    }
  }

  @Test
  void bytesAreThoseOfEachTensorsOwnType() throws IOException {
    Path model = directory.resolve("mixed");
    Path unused =
        TestModels.write(
            model,
            TestModels.CONFIG,
            StorageType.BF16,
            tensors ->
                tensors.stream()
                    .map(
                        tensor ->
                            List.of(KEY_1, "model.embed_tokens.weight").contains(tensor.name())
                                ? new TensorSpec(tensor.name(), StorageType.F32, tensor.shape())
                                : tensor)
                    .toList());
    try (ModelDirectory mixed = ModelDirectory.open(model)) {
      assertThat(mixed.bytes()).isEqualTo(2 * mixed.parameters() + 2 * (20 * 16 + 12 * 16));
      assertThat(mixed.matrixTypes()).containsExactly(StorageType.F32, StorageType.BF16);
    }
    try (ModelDirectory plain = ModelDirectory.open(TestModels.write(directory.resolve("plain")))) {
      assertThat(plain.bytes()).isEqualTo(2 * plain.parameters());
      assertThat(plain.matrixTypes()).containsExactly(StorageType.F16);
    }
  }

  @Test
  void theContentAddressChangesWithAnyWeightAndWithTheConfiguration() throws IOException {
    Path model = TestModels.write(directory.resolve("model"));
    String before = sha256(model);

    try (RandomAccessFile file =
        new RandomAccessFile(model.resolve("model.safetensors").toFile(), "rw")) {
      file.seek(file.length() - 1);
      int last = file.read();
      file.seek(file.length() - 1);
      file.write(last ^ 1);
    }
    String otherWeight = sha256(model);
    Files.writeString(
        model.resolve("config.json"), TestModels.CONFIG.replace("500000.0", "500001.0"));

    assertThat(List.of(otherWeight, sha256(model))).doesNotContain(before).doesNotHaveDuplicates();
  }

  @Test
  void tiedEmbeddingsNeedNoOutputHead() throws IOException {
    String config =
        TestModels.CONFIG.replace(
            "\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true");
    Path model = TestModels.write(directory, config, StorageType.BF16, tensors -> tensors);
    try (ModelDirectory open = ModelDirectory.open(model)) {
      assertThat(open.outputHead()).isSameAs(open.embedding());
      assertThat(open.tensorNames()).doesNotContain("lm_head.weight");
    }
  }

  @Test
  void ignoresTensorsThatTheConfigurationDoesNotAskFor() throws IOException {
    Path extra = directory.resolve("extra");
    TestModels.write(
        extra,
        TestModels.CONFIG,
        StorageType.F16,
        tensors -> {
          List<TensorSpec> more = new ArrayList<>(tensors);
          more.add(
              new TensorSpec(
                  "model.layers.0.self_attn.rotary_emb.inv_freq", StorageType.F32, List.of(2L)));
          return more;
        });

    assertThat(sha256(extra)).isEqualTo(sha256(TestModels.write(directory.resolve("plain"))));
  }

  @Test
  void namesTheTensorThatIsMissing() throws IOException {
    TestModels.write(
        directory,
        TestModels.CONFIG,
        StorageType.F16,
        tensors -> tensors.stream().filter(tensor -> !tensor.name().equals(KEY_1)).toList());

    refuses("cannot read tensor " + KEY_1 + " in " + weights(), "it is missing", " - download");
  }

  @Test
  void namesTheTensorOfAnotherShape() throws IOException {
    TestModels.write(
        directory,
        TestModels.CONFIG,
        StorageType.F16,
        tensors ->
            tensors.stream()
                .map(
                    tensor ->
                        tensor.name().equals(KEY_1)
                            ? new TensorSpec(KEY_1, tensor.type(), List.of(24L, 16L))
                            : tensor)
                .toList());

    refuses(
        "cannot read tensor " + KEY_1 + " in " + weights(),
        "its shape is [24, 16], the configuration asks for [12, 16]",
        " - check that config.json belongs to these weights");
  }

  @Test
  void refusesATruncatedFile() throws IOException {
    TestModels.write(directory);
    try (RandomAccessFile file = new RandomAccessFile(weights().toFile(), "rw")) {
      file.setLength(file.length() - 10);
    }

    refuses("header says 20x16 F16, file ends 10 bytes early - download it again");
  }

  @Test
  void neverReadsPickles() throws IOException {
    TestModels.write(directory);
    Files.move(weights(), directory.resolve("pytorch_model.bin"));

    refuses("its weights are in pytorch_model.bin, a pickle", "convert them to safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "tokenizer.json", "model.safetensors"})
  void saysWhatIsNotThere(String file) throws IOException {
    TestModels.write(directory);
    Files.delete(directory.resolve(file));

    refuses(file);
  }

  @Test
  void refusesADirectoryThatIsNone() {
    assertThatThrownBy(() -> ModelDirectory.open(directory.resolve("none")))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("none: it is not a directory - give");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../one.safetensors",
        "/etc/one.safetensors",
        "a/one.safetensors",
        "..",
        "one.bin",
        "a\\\\one.safetensors",
        ".safetensors",
        "one.safetensors\\n"
      })
  void opensNothingOutsideTheDirectory(String shard) throws IOException {
    TestModels.writeSharded(directory);
    Path index = directory.resolve("model.safetensors.index.json");
    Files.writeString(index, Files.readString(index).replace("one.safetensors", shard));

    refuses("not the plain name of a safetensors file", index.toString());
  }

  @Test
  void saysWhichShardIsMissingOrLacksItsTensor() throws IOException {
    TestModels.writeSharded(directory);
    Path one = directory.resolve("one.safetensors");
    Path two = directory.resolve("two.safetensors");
    Files.copy(two, directory.resolve("backup"));

    Files.delete(two);
    refuses("cannot read " + two, "the file is missing - download it");
    Files.copy(one, two);
    refuses(" in " + two + ": model.safetensors.index.json places it there");
    Files.writeString(directory.resolve("model.safetensors.index.json"), "{\"weight_map\": 1}");
    refuses("key weight_map in", "is 1, not an object");
    Files.writeString(directory.resolve("model.safetensors.index.json"), "{}");
    refuses("key weight_map in", "it is missing");
  }

  private Path weights() {
    return directory.resolve("model.safetensors");
  }

  private static String sha256(Path model) {
    try (ModelDirectory open = ModelDirectory.open(model)) {
      return open.sha256();
    }
  }

  private void refuses(String... complaints) {
    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContainingAll(complaints);
  }
}
