package dev.selfpruner.gpu.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import dev.selfpruner.activities.plan.LatencyTable;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.llama.StreamedModels;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.TestModels;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.safetensors.StorageType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a table of blocks is like; how long a block really takes decides nothing here. */
class LatencyMeterTest {
  private static final String CONFIG =
      """
      {"model_type": "llama", "hidden_size": 64, "intermediate_size": 172,
       "num_hidden_layers": 3, "num_attention_heads": 8, "num_key_value_heads": 4,
       "max_position_embeddings": 128,
       "vocab_size": 512, "tie_word_embeddings": true, "torch_dtype": "float32"}
      """;

  @TempDir static Path folder;
  private static ModelDirectory directory;
  private static LoadedModel model;
  private static PrunableModel prunable;

  @BeforeAll
  static void load() throws IOException {
    TestModels.write(folder, CONFIG, StorageType.F32, specs -> specs);
    directory = ModelDirectory.open(folder);
    model = LoadedModel.load(directory, Device.cpu(), NumericType.FLOAT32);
    prunable = UnitOrder.asStored(directory.config()).prunable(directory.config());
  }

  @AfterAll
  static void close() {
    model.close();
    directory.close();
  }

  @Test
  void measuresEveryNumberOfHeadsAndWidthsUpToAllAsFiniteTimesThatNeverFall() {
    LatencyTable table = new LatencyMeter(model, 2, 32).table(prunable, ProgressListener.SILENT);

    assertRising(table);
    assertThat(table.outside()).isPositive().isFinite();
    assertThat(table.dense()).isEqualTo(table.seconds(prunable.dense()));
    assertThat(table.layers()).as("of one shape").hasSize(3).containsOnly(table.layers().get(0));
  }

  @Test
  void evensOutWhatAnErraticClockSays() {
    LatencyTable table =
        new LatencyMeter(model, 1, 16, 3, erratic()).table(prunable, ProgressListener.SILENT);

    assertRising(table);
    assertThat(table.layers().get(0).attention())
        .as("pools of what fell")
        .hasSizeGreaterThan((int) table.layers().get(0).attention().stream().distinct().count());
  }

  @Test
  void runsWholePlansToo() {
    List<Double> seconds =
        new LatencyMeter(model, 1, 16, 1, constant(250))
            .seconds(List.of(prunable.dense(), prunable.dense()), ProgressListener.SILENT);

    assertThat(seconds).containsExactly(250e-9, 250e-9);
    LatencyTable table =
        new LatencyMeter(model, 1, 16, 1, constant(250)).table(prunable, ProgressListener.SILENT);
    assertThat(table.seconds(prunable.dense())).isCloseTo(7 * 250e-9, within(1e-15));
  }

  @Test
  void choosesWidthsThatNeedNoPadding() {
    assertThat(LatencyMeter.widths(172))
        .containsExactly(1, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 172);
    assertThat(LatencyMeter.widths(1)).containsExactly(1);
    assertThat(LatencyMeter.widths(11_008)).hasSize(17).startsWith(1, 688).endsWith(11_008);
  }

  @Test
  void refusesWhatWouldBeTheTimeOfSomethingElse() {
    try (LoadedModel streamed =
        StreamedModels.load(LoadedModel.stored(directory, NumericType.FLOAT32))) {
      assertThatThrownBy(() -> new LatencyMeter(streamed, 1, 16))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("a latency is measured where one device holds the whole model");
    }
    assertThatThrownBy(() -> new LatencyMeter(model, 1, 129))
        .hasMessage("sequences of 129 tokens do not fit the model: give 2 to 128");
  }

  private static void assertRising(LatencyTable table) {
    for (LatencyTable.Layer layer : table.layers()) {
      assertThat(layer.attention()).hasSize(8).isSorted().allMatch(Double::isFinite);
      assertThat(layer.mlp()).isSorted().allMatch(Double::isFinite);
      assertThat(layer.neurons()).isEqualTo(LatencyMeter.widths(172));
    }
  }

  private static LongSupplier constant(long step) {
    long[] now = {0};
    return () -> now[0] += step;
  }

  private static LongSupplier erratic() {
    Random random = new Random(5);
    long[] now = {0};
    return () -> now[0] += random.nextInt(1_000);
  }
}
