package dev.selfpruner.gpu.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.PrunedSizes;
import dev.selfpruner.gpu.model.TestModels;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.safetensors.SafetensorsFile;
import dev.selfpruner.gpu.safetensors.SafetensorsWriter;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import dev.selfpruner.gpu.safetensors.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrunedModelWriterTest {
  /** Heads 0-1 read key-value head 0, 2-3 read 1, 4-5 read 2. */
  private static final UnitOrder ORDER =
      new UnitOrder(
          List.of(
              new LayerOrder(List.of(2, 0, 3, 5, 1, 4), new int[] {9, 0, 5, 3, 1, 2, 4, 6, 8, 7}),
              new LayerOrder(List.of(5, 4, 3, 2, 1, 0), new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})));

  /** Layer 0 keeps heads 1, 4, 5 (key-value heads 0, 2) and 4 neurons; layer 1 stays whole. */
  private static final PruningPlan PLAN =
      new PruningPlan(List.of(new LayerPlan(3, 4), new LayerPlan(6, 10)));

  private static final Set<Integer> HEADS = Set.of(1, 4, 5);
  private static final Set<Integer> KEY_VALUE_HEADS = Set.of(0, 2);
  private static final Set<Integer> NEURONS = Set.of(4, 6, 7, 8);

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(StorageType.class)
  void compactHoldsTheKeptUnitsBitByBitInTheirOwnOrder(StorageType type) throws IOException {
    Path target = directory.resolve("new/compact");
    try (ModelDirectory dense = dense(type)) {
      long parameters = PrunedModelWriter.write(dense, ORDER, PLAN, ModelFormat.COMPACT, target);

      try (ModelDirectory pruned = ModelDirectory.open(target)) {
        assertThat(pruned.config().layers())
            .containsExactly(new LayerSize(List.of(0, 1, 1), 4), LayerSize.grouped(6, 3, 10));
        assertThat(parameters).isEqualTo(pruned.parameters());
        assertThat(dense.parameters() - parameters)
            .isEqualTo(2 * 3 * 4 * 16 + 2 * 1 * 4 * 16 + 3 * 6 * 16);
        for (String name : dense.tensorNames()) {
          assertThat(pruned.tensor(name).type()).isEqualTo(type);
          assertThat(values(pruned.tensor(name)))
              .as(name)
              .isEqualTo(expected(dense.tensor(name), name, false));
        }
        assertThat(raw(pruned.embedding())).isEqualTo(raw(dense.embedding()));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(StorageType.class)
  void paddedHasTheDenseShapesWithZerosForWhatIsGone(StorageType type) throws IOException {
    Path target = directory.resolve("padded");
    try (ModelDirectory dense = dense(type)) {
      PrunedModelWriter.write(dense, ORDER, PLAN, ModelFormat.PADDED, target);

      assertThat(target.resolve("config.json")).hasSameBinaryContentAs(config(dense));
      assertThat(PrunedSizes.of(target.resolve("selfpruner.json"), dense.config()).layers())
          .containsExactly(new LayerSize(List.of(0, 1, 1), 4), LayerSize.grouped(6, 3, 10));
      try (ModelDirectory padded = ModelDirectory.open(target)) {
        for (String name : dense.tensorNames()) {
          assertThat(values(padded.tensor(name)))
              .as(name)
              .isEqualTo(expected(dense.tensor(name), name, true));
        }
      }
    }
  }

  /** Of the heads 1, 4 and 5, 4 is the most important, and of the neurons 7, 8, 6 and 4. */
  @Test
  void paddedHasFittedColumnsInTheirPlacesAndZerosForTheOthers() throws IOException {
    int[] heads = {4, 1, 5};
    int[] neurons = {7, 8, 6, 4};
    String output = LayerWeight.ATTENTION_OUTPUT.tensorName(0);
    String down = LayerWeight.DOWN.tensorName(0);
    Path file = directory.resolve("fitted.safetensors");
    float[] fittedOutput = numbers(heads.length * 4 * 16, 1);
    float[] fittedDown = numbers(neurons.length * 16, 1000);
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(
            file,
            List.of(
                new TensorSpec(output, StorageType.F32, List.of(12L, 16L)),
                new TensorSpec(down, StorageType.F32, List.of(4L, 16L))),
            Map.of())) {
      writer.append(output, FloatBuffer.wrap(fittedOutput));
      writer.append(down, FloatBuffer.wrap(fittedDown));
      writer.commit();
    }
    Path target = directory.resolve("padded");
    try (ModelDirectory dense = dense(StorageType.F32);
        SafetensorsFile fitted = SafetensorsFile.open(file)) {
      PrunedModelWriter.write(
          dense,
          ORDER,
          PLAN,
          Map.of(output, fitted.tensor(output), down, fitted.tensor(down)),
          ModelFormat.PADDED,
          target);

      try (ModelDirectory padded = ModelDirectory.open(target)) {
        assertThat(values(padded.tensor(output))).isEqualTo(columns(fittedOutput, heads, 4, 24));
        assertThat(values(padded.tensor(down))).isEqualTo(columns(fittedDown, neurons, 1, 10));
        for (String name : dense.tensorNames()) {
          if (!name.equals(output) && !name.equals(down)) {
            assertThat(values(padded.tensor(name)))
                .as(name)
                .isEqualTo(expected(dense.tensor(name), name, true));
          }
        }
      }
    }
  }

  private static float[] numbers(int count, int first) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = first + i;
    }
    return numbers;
  }

  /**
   * A projection of 16 rows.
   *
   * @param fitted {@code [units x width, 16]}
   */
  private static float[] columns(float[] fitted, int[] units, int width, int columns) {
    float[] all = new float[16 * columns];
    for (int unit = 0; unit < units.length; unit++) {
      for (int i = 0; i < width; i++) {
        for (int row = 0; row < 16; row++) {
          all[row * columns + units[unit] * width + i] = fitted[(unit * width + i) * 16 + row];
        }
      }
    }
    return all;
  }

  @Test
  void compactKeepsTheDenseConfigurationsKeysAndSaysThatItIsPruned() throws IOException {
    Path target = directory.resolve("compact");
    try (ModelDirectory dense = dense(StorageType.F16)) {
      PrunedModelWriter.write(dense, ORDER, PLAN, ModelFormat.COMPACT, target);

      JsonNode config = Json.mapper().readTree(target.resolve("config.json").toFile());
      assertThat(config.path("architectures").toString())
          .isEqualTo("[\"SelfPrunedLlamaForCausalLM\"]");
      assertThat(config.path("intermediate_size").intValue()).isEqualTo(10);
      assertThat(config.path("rms_norm_eps").doubleValue()).isEqualTo(1e-5);
      assertThat(config.path("selfpruner").toString())
          .isEqualTo(
              """
              {"format_version":1,"layers":[\
              {"key_value_head_of_query_head":[0,1,1],"intermediate_size":4},\
              {"key_value_head_of_query_head":[0,0,1,1,2,2],"intermediate_size":10}]}""");
    }
  }

  @Test
  void aPrunedModelCanBePrunedAgain() throws IOException {
    Path once = directory.resolve("once");
    Path twice = directory.resolve("twice");
    try (ModelDirectory dense = dense(StorageType.F16)) {
      PrunedModelWriter.write(dense, ORDER, PLAN, ModelFormat.COMPACT, once);
    }
    UnitOrder order =
        new UnitOrder(
            List.of(
                new LayerOrder(List.of(0, 2, 1), new int[] {3, 0, 1, 2}), ORDER.layers().get(1)));
    PruningPlan plan = new PruningPlan(List.of(new LayerPlan(1, 3), new LayerPlan(1, 1)));
    try (ModelDirectory model = ModelDirectory.open(once)) {
      PrunedModelWriter.write(model, order, plan, ModelFormat.COMPACT, twice);

      assertThatThrownBy(
              () ->
                  PrunedModelWriter.write(
                      model, order, plan, ModelFormat.PADDED, directory.resolve("padded")))
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining("the model is pruned already");
    }
    try (ModelDirectory model = ModelDirectory.open(twice);
        ModelDirectory dense = dense(StorageType.F16)) {
      assertThat(model.config().layers())
          .containsExactly(new LayerSize(List.of(0), 3), new LayerSize(List.of(0), 1));
      // What is left of layer 0 is head 1 of {1, 4, 5}: the dense model's head 4, rows 16 to 19.
      FloatBuffer head = FloatBuffer.allocate(4 * 16);
      dense.tensor(0, LayerWeight.QUERY).read(16 * 16, head);
      assertThat(values(model.tensor(0, LayerWeight.QUERY))).isEqualTo(head.array());
    }
  }

  @Test
  void splitsLargeWeightsIntoShardsWithAnIndex() throws IOException {
    Path whole = directory.resolve("whole");
    Path sharded = directory.resolve("sharded");
    try (ModelDirectory dense = dense(StorageType.F16)) {
      PrunedModelWriter.write(dense, ORDER, PLAN, ModelFormat.COMPACT, whole);
      PrunedModelWriter.write(dense, ORDER, PLAN, ModelFormat.COMPACT, sharded, 1500);
    }

    assertThat(sharded.resolve("model.safetensors")).doesNotExist();
    JsonNode index =
        Json.mapper().readTree(sharded.resolve("model.safetensors.index.json").toFile());
    try (ModelDirectory one = ModelDirectory.open(whole);
        ModelDirectory many = ModelDirectory.open(sharded);
        Stream<Path> files = Files.list(sharded)) {
      assertThat(many.sha256()).isEqualTo(one.sha256());
      assertThat(index.at("/metadata/total_size").longValue()).isEqualTo(2 * one.parameters());
      assertThat(files.filter(file -> file.toString().endsWith(".safetensors")))
          .hasSizeGreaterThan(3)
          .allMatch(file -> file.toString().matches(".*/model-0000\\d-of-0000\\d\\.safetensors"));
    }
  }

  @Test
  void copiesTheFilesThatMakeUpAModelAndNoOthers() throws IOException {
    Path target = Files.createDirectory(directory.resolve("empty"));
    try (ModelDirectory dense = dense(StorageType.F16)) {
      Files.writeString(dense.path().resolve("generation_config.json"), "{\"a\": 1}");
      Files.writeString(dense.path().resolve("README.md"), "of the dense model");
      PrunedModelWriter.write(dense, ORDER, PLAN, ModelFormat.COMPACT, target);

      assertThat(target.resolve("tokenizer.json"))
          .hasSameBinaryContentAs(dense.path().resolve("tokenizer.json"));
    }
    try (Stream<Path> files = Files.list(target)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "config.json", "generation_config.json", "model.safetensors", "tokenizer.json");
    }
  }

  @Test
  void touchesNothingWhereSomethingIsAlready() throws IOException {
    Path target = Files.createDirectory(directory.resolve("full"));
    Path mine = Files.writeString(target.resolve("mine"), "precious");
    try (ModelDirectory dense = dense(StorageType.F16)) {
      assertThatThrownBy(
              () -> PrunedModelWriter.write(dense, ORDER, PLAN, ModelFormat.COMPACT, target))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("something is there already - give another directory");
      assertThatThrownBy(
              () -> PrunedModelWriter.write(dense, ORDER, PLAN, ModelFormat.COMPACT, mine))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(mine).hasContent("precious");
  }

  @Test
  void leavesNothingWhenItFails() throws IOException {
    Path target = directory.resolve("out/broken");
    ModelDirectory closed;
    try (ModelDirectory open = dense(StorageType.F16)) {
      closed = open;
    }

    assertThatThrownBy(
            () -> PrunedModelWriter.write(closed, ORDER, PLAN, ModelFormat.COMPACT, target))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the model's files are closed");
    assertThat(directory.resolve("out")).isEmptyDirectory();
  }

  @Test
  void refusesAPlanOfAnotherModelBeforeAnythingIsWritten() throws IOException {
    Path target = directory.resolve("out/none");
    PruningPlan plan = new PruningPlan(List.of(new LayerPlan(7, 4), new LayerPlan(6, 10)));
    try (ModelDirectory dense = dense(StorageType.F16)) {
      assertThatThrownBy(
              () -> PrunedModelWriter.write(dense, ORDER, plan, ModelFormat.COMPACT, target))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("layer 0: the layer has 6 query heads and 10 neurons");
    }
    assertThat(directory.resolve("out")).doesNotExist();
  }

  private ModelDirectory dense(StorageType type) throws IOException {
    return ModelDirectory.open(
        TestModels.write(
            directory.resolve("dense-" + type), TestModels.CONFIG, type, tensors -> tensors));
  }

  private static Path config(ModelDirectory model) {
    return model.path().resolve("config.json");
  }

  /** Element by element: kept if its row's and its column's unit are kept. */
  private static float[] expected(StoredTensor dense, String name, boolean padded) {
    float[] all = values(dense);
    int columns = dense.shape().size() == 2 ? Math.toIntExact(dense.shape().get(1)) : 1;
    FloatBuffer kept = FloatBuffer.allocate(all.length);
    for (int i = 0; i < all.length; i++) {
      if (keeps(name, i / columns, i % columns)) {
        kept.put(all[i]);
      } else if (padded) {
        kept.put(0f);
      }
    }
    float[] result = new float[kept.position()];
    kept.get(0, result);
    return result;
  }

  private static boolean keeps(String name, int row, int column) {
    if (!name.startsWith("model.layers.0.")) {
      return true;
    }
    return switch (name.replaceAll("model\\.layers\\.0\\.|\\.weight", "")) {
      case "self_attn.q_proj" -> HEADS.contains(row / 4);
      case "self_attn.k_proj", "self_attn.v_proj" -> KEY_VALUE_HEADS.contains(row / 4);
      case "self_attn.o_proj" -> HEADS.contains(column / 4);
      case "mlp.gate_proj", "mlp.up_proj" -> NEURONS.contains(row);
      case "mlp.down_proj" -> NEURONS.contains(column);
      default -> true;
    };
  }

  private static float[] values(StoredTensor tensor) {
    FloatBuffer values = FloatBuffer.allocate((int) tensor.elements());
    tensor.read(0, values);
    return values.array();
  }

  private static byte[] raw(StoredTensor tensor) {
    int elements = (int) tensor.elements();
    ByteBuffer bytes = ByteBuffer.allocate(elements * tensor.type().bytes());
    tensor.readRaw(0, elements, bytes);
    return bytes.array();
  }
}
