package dev.selfpruner.gpu.reconstruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Chunks;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.Engines;
import dev.selfpruner.gpu.engine.FitnessEngine;
import dev.selfpruner.gpu.engine.Fits;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.evaluate.PerplexityPass;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.ModelPart;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.llama.StreamedModels;
import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.TestModels;
import dev.selfpruner.gpu.model.UnitOrder;
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
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DenseOnceFitsTest {
  private static final String CONFIG =
      """
      {"model_type": "llama", "hidden_size": 64, "intermediate_size": 172,
       "num_hidden_layers": 3, "num_attention_heads": 8, "num_key_value_heads": 4,
       "vocab_size": 512, "tie_word_embeddings": true, "torch_dtype": "float32"}
      """;
  private static final int HEAD = 8;
  private static final double DAMPING = 3e-4;
  private static final MemoryBudget ENOUGH = new MemoryBudget(1L << 30, 1L << 30, 1L << 28);
  private static final Fits.Kept KEPT =
      new Fits.Kept(new TreeSet<>(List.of(1, 5, 8)), new TreeSet<>(List.of(50, 99, 171, 172)));

  /** Pairs share layers; some layers and blocks are whole. */
  private static final List<PruningPlan> PLANS =
      List.of(
          plan(8, 172, 8, 172, 8, 172),
          plan(8, 172, 5, 99, 3, 50),
          plan(8, 172, 5, 172, 8, 80),
          plan(4, 100, 5, 99, 3, 50),
          plan(4, 100, 5, 90, 2, 33));

  private static final List<Chunk> CHUNKS = Chunks.of(windows(7), 3);

  @TempDir static Path folder;
  private static ModelDirectory directory;
  private static UnitOrder order;
  private static LoadedModel model;
  private static final AtomicInteger reads = new AtomicInteger();

  @BeforeAll
  static void load() throws IOException {
    TestModels.write(folder, CONFIG, StorageType.F32, specs -> specs);
    directory = ModelDirectory.open(folder);
    order = shuffled(directory.config());
    model = LoadedModel.load(directory, order, Device.cpu(), NumericType.FLOAT32);
  }

  @AfterAll
  static void close() {
    model.close();
    directory.close();
  }

  @Test
  void aPrefixMakesUpForTheOthersAsAnIndependentSolutionDoes() {
    ModelPart part = model.parts().get(0);
    LayerWeights weights = part.layers().take(1);
    try (DenseOnceFits fits = fits(1L << 28);
        Fits.FittedLayer fitted =
            fits.layer(part.decoder(), 1, weights, KEPT, DenseOnceFitsTest::oneByOne)) {
      for (int heads : List.of(1, 5)) {
        requireFit(
            Projection.ATTENTION,
            heads * HEAD,
            fitted.attention(heads).attentionOutput(),
            weights.attentionOutput());
        assertThat(fitted.attention(heads).down()).isSameAs(weights.down());
      }
      for (int neurons : List.of(50, 99, 171)) {
        requireFit(Projection.MLP, neurons, fitted.mlp(neurons).down(), weights.down());
        assertThat(fitted.mlp(neurons).attentionOutput()).isSameAs(weights.attentionOutput());
      }
      assertThat(fitted.attention(8)).isSameAs(weights);
      assertThat(fitted.mlp(172)).isSameAs(weights);
      assertThat(fitted.mlp(50).down().getShape()).isEqualTo(new Shape(64, 64));
      assertThat(fitted.mlp(171).down().getShape()).isEqualTo(new Shape(172, 64));
    }
  }

  @Test
  void aLossDoesNotDependOnCachesBatchesThreadsStreamingOrDevices() {
    List<List<Double>> expected = new ArrayList<>();
    try (DenseOnceFits fits = fits(0)) {
      for (PruningPlan plan : PLANS) {
        expected.add(run(model, 1, ENOUGH, fits, List.of(plan)).get(0));
      }
    }
    assertThat(expected.get(0)).isEqualTo(run(model, 1, ENOUGH, Fits.NONE, PLANS).get(0));
    assertThat(expected.get(1)).isNotEqualTo(run(model, 1, ENOUGH, Fits.NONE, PLANS).get(1));
    for (long cache : new long[] {0, 60_000, 1L << 24}) {
      for (int threads : new int[] {1, 3}) {
        try (DenseOnceFits fits = fits(cache)) {
          assertThat(run(model, threads, ENOUGH, fits, PLANS)).isEqualTo(expected);
          assertThat(run(model, threads, ENOUGH, fits, PLANS.subList(2, 4)))
              .isEqualTo(expected.subList(2, 4));
          assertThat(run(model, threads, ENOUGH, fits, PLANS)).isEqualTo(expected);
        }
      }
    }
    try (LoadedModel streamed =
            StreamedModels.load(LoadedModel.ordered(directory, order, NumericType.FLOAT32));
        DenseOnceFits fits = fits(1L << 20)) {
      assertThat(run(streamed, 2, ENOUGH, fits, PLANS)).isEqualTo(expected);
    }
    for (ComputeOptions.Sharing sharing : ComputeOptions.Sharing.values()) {
      ComputeOptions options =
          new ComputeOptions(
              List.of(Device.cpu(), Device.cpu()),
              sharing,
              NumericType.FLOAT32,
              ENOUGH,
              OptionalInt.empty());
      try (Engines engines =
              Engines.load(
                  () -> LoadedModel.ordered(directory, order, NumericType.FLOAT32), options);
          DenseOnceFits fits = fits(1L << 20)) {
        List<List<Double>> losses = new ArrayList<>(Collections.nCopies(PLANS.size(), List.of()));
        engines.run(
            PLANS,
            CHUNKS,
            new PerplexityPass(),
            fits,
            ProgressListener.SILENT,
            (i, out) -> losses.set(i, flat(out)));
        assertThat(losses).isEqualTo(expected);
      }
    }
  }

  @Test
  void aLittleMemoryIsEnoughAndTooLittleSaysSo() {
    try (DenseOnceFits fits = fits(0)) {
      List<List<Double>> expected = run(model, 2, ENOUGH, fits, PLANS);
      long needed =
          IntStream.range(0, 3)
              .mapToLong(layer -> fits.bytes(model, layer, KEPT, 2))
              .max()
              .orElseThrow();
      assertThat(needed).isBetween(2L * 172 * 172 * 8, 4L << 20);
      MemoryBudget tight = new MemoryBudget(52L << 20, 1, 0);
      assertThat(run(model, 2, tight, fits, PLANS)).isEqualTo(expected);
      assertThatThrownBy(() -> run(model, 2, new MemoryBudget(44L << 20, 1, 0), fits, PLANS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("--device-memory");
    }
  }

  @Test
  void whatIsCachedIsNotReadAgain() {
    try (DenseOnceFits fits = fits(1L << 24)) {
      reads.set(0);
      List<List<Double>> first = run(model, 2, ENOUGH, fits, PLANS);
      assertThat(reads).hasValue(6);
      assertThat(run(model, 2, ENOUGH, fits, PLANS)).isEqualTo(first);
      assertThat(reads).hasValue(6);
      fits.releaseCaches();
      assertThat(run(model, 2, ENOUGH, fits, PLANS)).isEqualTo(first);
      assertThat(reads).hasValue(12);
    }
  }

  @Test
  void aMatrixThatIsNoGramMatrixIsAnErrorThatSaysWhatToDo() {
    GramSource broken =
        (manager, layer, projection) ->
            manager.zeros(new Shape(inputs(projection), inputs(projection)));
    try (DenseOnceFits fits = new DenseOnceFits(model.config(), broken, DAMPING, 0)) {
      assertThatThrownBy(() -> run(model, 1, ENOUGH, fits, PLANS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a damping of 3.0E-4 give no fit");
    }
  }

  /** W' = W H[:,S] H[S,S]^-1, transposed as the decoder has it. */
  private static void requireFit(Projection projection, int kept, NDArray fitted, NDArray weights) {
    double[][] weight = Matrices.of(weights.toFloatArray(), 64);
    long[] inputs = projection.inputs(model.layout(1), model.config());
    int[] places = Arrays.stream(inputs).mapToInt(Math::toIntExact).toArray();
    double[][] damped =
        Matrices.damped(Matrices.part(gram(1, projection), places, places), DAMPING);
    int[] some = Matrices.all(kept);
    double[][] expected =
        Matrices.solve(
            Matrices.part(damped, some, some),
            Matrices.times(Matrices.part(damped, some, Matrices.all(places.length)), weight));
    double[][] actual = Matrices.of(fitted.toFloatArray(), 64);
    assertThat(Matrices.distance(actual, expected)).isLessThan(1e-6);
    assertThat(Matrices.distance(Arrays.copyOf(weight, kept), expected)).isGreaterThan(1e-2);
    for (double[] row : Arrays.asList(actual).subList(kept, actual.length)) {
      assertThat(row).containsOnly(0.0);
    }
  }

  private static DenseOnceFits fits(long cache) {
    GramSource source =
        (manager, layer, projection) -> {
          reads.incrementAndGet();
          int n = inputs(projection);
          return manager.create(Matrices.floats(gram(layer, projection)), new Shape(n, n));
        };
    return new DenseOnceFits(model.config(), source, DAMPING, cache);
  }

  /** Of inputs that depend on each other, in the stored order. */
  private static double[][] gram(int layer, Projection projection) {
    int n = inputs(projection);
    double[][] inputs = Matrices.random(150, n, 10L * layer + n);
    double[][] mixed = Matrices.times(inputs, Matrices.random(n, n, 77));
    return Matrices.of(Matrices.floats(Matrices.times(Matrices.transposed(mixed), mixed)), n);
  }

  private static int inputs(Projection projection) {
    return switch (projection) {
      case ATTENTION -> 64;
      case MLP -> 172;
    };
  }

  private static void oneByOne(int count, java.util.function.IntConsumer task) {
    IntStream.range(0, count).forEach(task);
  }

  private static List<List<Double>> run(
      LoadedModel loaded, int count, MemoryBudget memory, Fits fits, List<PruningPlan> plans) {
    List<List<Double>> losses = new ArrayList<>(Collections.nCopies(plans.size(), List.of()));
    try (TorchThreads threads = new TorchThreads(count);
        FitnessEngine engine = new FitnessEngine(loaded, threads, memory)) {
      engine.run(
          plans,
          CHUNKS,
          new PerplexityPass(),
          fits,
          ProgressListener.SILENT,
          (i, out) -> losses.set(i, flat(out)));
    }
    return losses;
  }

  private static List<Double> flat(List<double[]> chunks) {
    return chunks.stream().flatMapToDouble(Arrays::stream).boxed().toList();
  }

  private static PruningPlan plan(int... units) {
    return new PruningPlan(
        IntStream.range(0, units.length / 2)
            .mapToObj(i -> new LayerPlan(units[2 * i], units[2 * i + 1]))
            .toList());
  }

  private static UnitOrder shuffled(LlamaConfig config) {
    Random random = new Random(5);
    return new UnitOrder(
        config.layers().stream()
            .map(
                layer ->
                    LayerOrder.ascending(
                        random.doubles(layer.queryHeads()).toArray(),
                        random.doubles(layer.neurons()).toArray()))
            .toList());
  }

  private static TokenWindows windows(int count) {
    int[] ids = new Random(1).ints(count * 64L, 0, 512).toArray();
    return new TokenWindows(TokenIds.of(ids), 64, 0, count);
  }
}
