package dev.selfpruner.gpu.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import dev.selfpruner.activities.search.LayerStatistics;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.NaiveDecoder;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.TestModels;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engine tells of layers, against loops in double precision. */
class LayerStatisticsTest {
  private static final String CONFIG =
      """
      {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 16,
       "intermediate_size": 43, "num_hidden_layers": 2, "num_attention_heads": 6,
       "num_key_value_heads": 3, "head_dim": 4, "vocab_size": 20, "max_position_embeddings": 64,
       "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "tie_word_embeddings": false,
       "torch_dtype": "float32"}
      """;
  private static final int HEAD_SIZE = 4;
  private static final int LENGTH = 24;
  private static final int WINDOWS = 11; // in chunks of 4, the last one not full

  @TempDir private Path directory;

  @Test
  void areWhatLoopsOverAllTokensGive() throws IOException {
    TestModels.write(directory, CONFIG, StorageType.F32, specs -> specs);
    int[] ids = new Random(7).ints(LENGTH * WINDOWS, 0, 20).toArray();
    TokenWindows windows = new TokenWindows(TokenIds.of(ids), LENGTH, 0, WINDOWS);
    try (ModelDirectory model = ModelDirectory.open(directory);
        LoadedModel loaded = LoadedModel.load(model, Device.cpu(), NumericType.FLOAT32);
        TorchThreads threads = new TorchThreads(2)) {
      Calibrated measured =
          new Calibrator(threads, MemoryBudget.of(Device.cpu()))
              .measure(loaded, windows, 4, ProgressListener.SILENT);
      NaiveDecoder naive =
          new NaiveDecoder(model, pair -> Math.pow(10_000, -2.0 * pair / HEAD_SIZE));
      LayerOrder all =
          LayerOrder.ascending(new double[6], IntStream.range(0, 43).asDoubleStream().toArray());
      for (int i = 0; i < WINDOWS; i++) {
        double unused =
            naive.loss(
                windows.window(i), new UnitOrder(Collections.nCopies(2, all)), loaded.dense());
      }

      assertThat(measured.statistics().layers()).hasSize(2);
      for (int layer = 0; layer < 2; layer++) {
        LayerStatistics.Layer statistics = measured.statistics().layers().get(layer);
        check(statistics.attention(), naive, layer, LayerWeight.ATTENTION_OUTPUT, HEAD_SIZE);
        check(statistics.mlp(), naive, layer, LayerWeight.DOWN, 1);
      }
      assertThat(measured.importance())
          .isEqualTo(
              new Calibrator(threads, MemoryBudget.of(Device.cpu()))
                  .calibrate(loaded, windows, ProgressListener.SILENT));
    }
  }

  private static void check(
      LayerStatistics.Block block,
      NaiveDecoder naive,
      int layer,
      LayerWeight projection,
      int columnsOfUnit) {
    double[] squares = naive.inputSquares(layer, projection);
    double[] magnitudes = naive.columnMagnitudes(layer, projection);
    double[] units = new double[squares.length / columnsOfUnit];
    for (int i = 0; i < squares.length; i++) {
      units[i / columnsOfUnit] += magnitudes[i] * Math.sqrt(squares[i]);
    }
    Arrays.sort(units);
    double all = Arrays.stream(units).sum();

    assertThat(block.importance()).isCloseTo(all, within(1e-4 * all));
    double activation =
        Math.sqrt(Arrays.stream(squares).sum() / (squares.length * LENGTH * WINDOWS));
    assertThat(block.activation()).isCloseTo(activation, within(1e-4 * activation));
    for (int percent = 10; percent <= 90; percent += 10) {
      double least = Arrays.stream(units).limit(percent * units.length / 100).sum();
      assertThat(block.lost().get(percent / 10 - 1)).isCloseTo(least / all, within(1e-4));
    }
  }
}
