package dev.selfpruner.gpu.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.evaluate.PerplexityEvaluator;
import dev.selfpruner.gpu.evaluate.WindowLosses;
import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.TestModels;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose layers differ and whose groups are uneven, against loops in double precision. */
class IrregularModelTest {
  private static final String CONFIG =
      """
      {"architectures": ["SelfPrunedLlamaForCausalLM"], "model_type": "llama", "hidden_size": 12,
       "num_hidden_layers": 2, "num_attention_heads": 6, "head_dim": 8, "vocab_size": 50,
       "max_position_embeddings": 128, "rms_norm_eps": 1e-05, "rope_theta": 500.0,
       "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
         "high_freq_factor": 4.0, "original_max_position_embeddings": 64},
       "tie_word_embeddings": false, "torch_dtype": "float32",
       "selfpruner": {"format_version": 1, "layers": [
         {"key_value_head_of_query_head": [0, 1, 0, 0, 2], "intermediate_size": 13},
         {"key_value_head_of_query_head": [1, 0], "intermediate_size": 35}]}}
      """;
  private static final int LENGTH = 40;
  private static final int WINDOWS = 27; // a chunk and a part of one

  private static final UnitOrder STORED =
      new UnitOrder(List.of(descending(5, 13), descending(2, 35)));
  private static final UnitOrder SHUFFLED =
      new UnitOrder(
          List.of(
              new LayerOrder(List.of(0, 3, 4, 1, 2), permutation(13)),
              new LayerOrder(List.of(0, 1), permutation(35))));

  @TempDir Path directory;

  @Test
  void computesUnevenGroupsAsLoopsDo() throws IOException {
    PruningPlan dense = new PruningPlan(List.of(new LayerPlan(5, 13), new LayerPlan(2, 35)));
    check(STORED, dense);
  }

  @Test
  void keepsTheUnitsThatAPlanKeeps() throws IOException {
    check(SHUFFLED, new PruningPlan(List.of(new LayerPlan(3, 9), new LayerPlan(1, 17))));
    check(SHUFFLED, new PruningPlan(List.of(new LayerPlan(1, 1), new LayerPlan(2, 35))));
    check(SHUFFLED, new PruningPlan(List.of(new LayerPlan(4, 12), new LayerPlan(1, 1))));
  }

  private void check(UnitOrder order, PruningPlan plan) throws IOException {
    TestModels.write(directory, CONFIG, StorageType.F32, specs -> specs);
    int[] ids = new Random(7).ints(LENGTH * WINDOWS, 0, 50).toArray();
    TokenWindows windows = new TokenWindows(TokenIds.of(ids), LENGTH, 0, WINDOWS);
    try (ModelDirectory model = ModelDirectory.open(directory);
        TorchThreads threads = new TorchThreads(2);
        LoadedModel loaded =
            order.equals(STORED)
                ? LoadedModel.load(model, Device.cpu(), NumericType.FLOAT32)
                : LoadedModel.load(model, order, Device.cpu(), NumericType.FLOAT32);
        PerplexityEvaluator evaluator =
            new PerplexityEvaluator(loaded, threads, MemoryBudget.of(Device.cpu()))) {
      WindowLosses losses = evaluator.evaluate(plan, windows, ProgressListener.SILENT);
      NaiveDecoder naive = new NaiveDecoder(model, IrregularModelTest::frequency);
      for (int i : new int[] {0, 1, WINDOWS - 1}) {
        assertThat(losses.nllPerWindow().get(i))
            .isCloseTo(naive.loss(windows.window(i), order, plan), within(1e-4));
      }
    }
  }

  /**
   * Llama 3.1's frequencies as its authors state the rule: wavelengths below 64 / 4 positions stay,
   * those above 64 / 1 are stretched 8 times, those between are blended.
   */
  private static double frequency(int pair) {
    double frequency = 1 / Math.pow(500, 2 * pair / 8.0);
    double wavelength = 2 * Math.PI / frequency;
    if (wavelength < 16) {
      return frequency;
    }
    if (wavelength > 64) {
      return frequency / 8;
    }
    double blend = (64 / wavelength - 1) / 3;
    return (1 - blend) * frequency / 8 + blend * frequency;
  }

  private static LayerOrder descending(int heads, int neurons) {
    return new LayerOrder(
        IntStream.range(0, heads).map(i -> heads - 1 - i).boxed().toList(),
        IntStream.range(0, neurons).map(i -> neurons - 1 - i).toArray());
  }

  private static int[] permutation(int count) {
    return IntStream.range(0, count).map(i -> (i * 4 + 3) % count).toArray();
  }
}
