package dev.selfpruner.gpu.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Chunks;
import dev.selfpruner.gpu.engine.FitnessEngine;
import dev.selfpruner.gpu.engine.Pass;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.TestModels;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Divergence from the dense model, against its definition in double precision. */
class DivergenceTest {
  private static final String CONFIG =
      """
      {"model_type": "llama", "hidden_size": 32, "intermediate_size": 48,
       "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
       "vocab_size": 300, "tie_word_embeddings": false, "torch_dtype": "float32"}
      """;
  private static final int VOCABULARY = 300;
  private static final int LENGTH = 24;
  private static final PruningPlan PRUNED =
      new PruningPlan(List.of(new LayerPlan(3, 30), new LayerPlan(2, 44)));

  @TempDir Path folder;
  private ModelDirectory directory;
  private LoadedModel model;
  private TorchThreads threads;
  private FitnessEngine engine;
  private List<Chunk> chunks;

  @BeforeEach
  void load() throws IOException {
    TestModels.write(folder, CONFIG, StorageType.F32, specs -> specs);
    directory = ModelDirectory.open(folder);
    model = LoadedModel.load(directory, Device.cpu(), NumericType.FLOAT32);
    threads = new TorchThreads(2);
    engine = new FitnessEngine(model, threads, new MemoryBudget(1L << 30, 0, 0));
    int[] ids = new Random(2).ints(5 * LENGTH, 0, VOCABULARY).toArray();
    chunks = Chunks.of(new TokenWindows(TokenIds.of(ids), LENGTH, 0, 5), 2);
  }

  @AfterEach
  void close() {
    engine.close();
    threads.close();
    model.close();
    directory.close();
  }

  @Test
  void withTheWholeVocabularyItIsTheDivergenceByDefinition() {
    List<Double> byDefinition = byDefinition();

    List<Double> measured = measured(PRUNED, VOCABULARY);

    assertThat(byDefinition).hasSize(5).allMatch(divergence -> divergence > 0.1);
    for (int i = 0; i < 5; i++) {
      assertThat(measured.get(i)).isCloseTo(byDefinition.get(i), within(1e-4));
    }
  }

  @Test
  void fewerTokensGiveALowerBoundThatGrowsWithThem() {
    List<Double> few = measured(PRUNED, 4);
    List<Double> more = measured(PRUNED, 64);
    List<Double> all = measured(PRUNED, VOCABULARY);

    for (int i = 0; i < 5; i++) {
      assertThat(few.get(i)).isPositive().isLessThan(more.get(i));
      assertThat(more.get(i)).isLessThan(all.get(i));
    }
  }

  @Test
  void theDenseModelDoesNotDivergeFromItself() {
    assertThat(measured(model.dense(), 16)).allMatch(divergence -> divergence == 0.0);
  }

  @Test
  void predictionsComeBackFromTheirFileAsTheyWere() throws IOException {
    List<LikelyTokens> before = likely(7);
    Path file = folder.resolve("likely.safetensors");
    LikelyTokensFile.write(before, file);

    List<LikelyTokens> after = LikelyTokensFile.read(file);

    assertThat(after).hasSameSizeAs(before);
    for (int i = 0; i < before.size(); i++) {
      assertThat(after.get(i).count()).isEqualTo(7);
      assertThat(after.get(i).tokens()).isEqualTo(before.get(i).tokens());
      assertThat(after.get(i).logProbabilities()).isEqualTo(before.get(i).logProbabilities());
    }
  }

  private List<LikelyTokens> likely(int count) {
    List<LikelyTokens> likely = new ArrayList<>();
    engine.run(
        List.of(model.dense()),
        chunks,
        new LikelyTokensPass(count),
        ProgressListener.SILENT,
        (plan, tokens) -> likely.addAll(tokens));
    return likely;
  }

  private List<Double> measured(PruningPlan plan, int count) {
    List<Double> losses = new ArrayList<>();
    engine.run(
        List.of(plan),
        chunks,
        new DivergencePass(likely(count)),
        ProgressListener.SILENT,
        (i, out) -> out.forEach(chunk -> Arrays.stream(chunk).forEach(losses::add)));
    return losses;
  }

  private List<Double> byDefinition() {
    List<double[][]> dense = logits(model.dense());
    List<double[][]> pruned = logits(PRUNED);
    List<Double> divergences = new ArrayList<>();
    for (int window = 0; window < dense.size(); window++) {
      double sum = 0;
      for (int position = 0; position < LENGTH - 1; position++) {
        double[] p = softmax(dense.get(window)[position]);
        double[] q = softmax(pruned.get(window)[position]);
        for (int token = 0; token < VOCABULARY; token++) {
          sum += p[token] * Math.log(p[token] / q[token]);
        }
      }
      divergences.add(sum / (LENGTH - 1));
    }
    return divergences;
  }

  /** By window: {@code [position][token]}. */
  private List<double[][]> logits(PruningPlan plan) {
    List<double[][]> windows = new ArrayList<>(Collections.nCopies(5, null));
    Pass<Integer> pass =
        new Pass<>() {
          @Override
          public Integer finish(
              Decoder decoder, NDManager manager, NDArray hidden, Chunk windowsOf, int chunk) {
            float[] flat = decoder.logits(manager, hidden).toFloatArray();
            for (int i = 0; i < windowsOf.windows().size(); i++) {
              double[][] positions = new double[LENGTH][VOCABULARY];
              for (int j = 0; j < LENGTH * VOCABULARY; j++) {
                positions[j / VOCABULARY][j % VOCABULARY] = flat[i * LENGTH * VOCABULARY + j];
              }
              windows.set(windowsOf.firstWindow() + i, positions);
            }
            return chunk;
          }
        };
    engine.run(List.of(plan), chunks, pass, ProgressListener.SILENT, (i, nothing) -> {});
    return windows;
  }

  private static double[] softmax(double[] logits) {
    double most = Arrays.stream(logits).max().orElseThrow();
    double[] shares = Arrays.stream(logits).map(logit -> Math.exp(logit - most)).toArray();
    double sum = Arrays.stream(shares).sum();
    return Arrays.stream(shares).map(share -> share / sum).toArray();
  }
}
