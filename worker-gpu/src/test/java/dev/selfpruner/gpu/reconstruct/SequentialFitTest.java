package dev.selfpruner.gpu.reconstruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Chunks;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.Engines;
import dev.selfpruner.gpu.engine.FitnessEngine;
import dev.selfpruner.gpu.engine.Fits;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.evaluate.PerplexityPass;
import dev.selfpruner.gpu.export.PrunedModelWriter;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.llama.StreamedModels;
import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.TestModels;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequentialFitTest {
  /** 4 layers, 6 query heads of 4 in 3 groups, 20 neurons. */
  private static final String CONFIG =
      """
      {"model_type": "llama", "hidden_size": 16, "intermediate_size": 20,
       "num_hidden_layers": 4, "num_attention_heads": 6, "num_key_value_heads": 3,
       "head_dim": 4, "vocab_size": 40, "max_position_embeddings": 64,
       "tie_word_embeddings": false, "torch_dtype": "float32"}
      """;

  private static final double DAMPING = 1e-2;
  private static final MemoryBudget ENOUGH = new MemoryBudget(1L << 30, 1L << 30, 0);

  /** Nothing goes from layer 0 and from layer 1's attention; layer 2 is whole again. */
  private static final PruningPlan PLAN =
      new PruningPlan(
          List.of(
              new LayerPlan(6, 20),
              new LayerPlan(6, 13),
              new LayerPlan(6, 20),
              new LayerPlan(4, 16)));

  private static final TokenWindows WINDOWS =
      new TokenWindows(TokenIds.of(new Random(3).ints(11 * 32, 0, 40).toArray()), 32, 0, 11);
  private static final List<Chunk> CHUNKS = Chunks.of(WINDOWS, 2);

  @TempDir static Path folder;
  private static ModelDirectory directory;
  private static UnitOrder order;
  private static LoadedModel model;
  private static DirectoryLayers expected;

  @BeforeAll
  static void fitOnce() throws IOException {
    directory =
        ModelDirectory.open(
            TestModels.write(folder.resolve("model"), CONFIG, StorageType.F32, specs -> specs));
    Random random = new Random(5);
    order =
        new UnitOrder(
            directory.config().layers().stream()
                .map(
                    layer ->
                        LayerOrder.ascending(
                            random.doubles(layer.queryHeads()).toArray(),
                            random.doubles(layer.neurons()).toArray()))
                .toList());
    model = LoadedModel.load(directory, order, Device.cpu(), NumericType.FLOAT32);
    expected = fit(model, 2, ENOUGH, "expected");
  }

  @AfterAll
  static void close() {
    model.close();
    directory.close();
  }

  @Test
  void fitsWhatAnIndependentImplementationFits() {
    TwoStreams streams =
        new TwoStreams(directory, IntStream.range(0, 11).mapToObj(WINDOWS::window).toList());
    for (int layer = 0; layer < 4; layer++) {
      for (Projection projection : Projection.values()) {
        int[] columns = columns(layer, projection);
        double[][] fitted = streams.pass(layer, projection, columns, DAMPING);
        if (layer == 0 || (layer == 1 && projection == Projection.ATTENTION)) {
          continue;
        }
        try (FittedLayerFile file = FittedLayerFile.open(expected.path(layer))) {
          double[][] actual = Matrices.of(file.find(projection).orElseThrow());
          assertThat(Matrices.distance(actual, fitted))
              .as("%s of layer %d", projection, layer)
              .isLessThan(1e-4);
          double[][] sliced =
              Matrices.part(
                  Matrices.transposed(Matrices.of(directory.tensor(layer, projection.weight()))),
                  columns,
                  Matrices.all(16));
          assertThat(Matrices.distance(sliced, fitted)).isGreaterThan(1e-2);
        }
      }
    }
  }

  @Test
  void shrinksTowardsWhatADenseOnceFitGives() {
    double priorDamping = 0.05;
    DirectoryLayers layers = new DirectoryLayers(folder.resolve("towards"));
    try (TorchThreads threads = new TorchThreads(2);
        DenseOnceFits prior =
            new DenseOnceFits(
                directory.config(),
                (manager, layer, projection) -> {
                  double[][] gram = gram(layer, projection);
                  return manager.create(Matrices.floats(gram), new Shape(gram.length, gram.length));
                },
                priorDamping,
                0)) {
      new SequentialFit(model, threads, ENOUGH)
          .towards(prior)
          .run(PLAN, CHUNKS, DAMPING, layers, ProgressListener.SILENT);
    }

    TwoStreams streams =
        new TwoStreams(directory, IntStream.range(0, 11).mapToObj(WINDOWS::window).toList());
    for (int layer = 0; layer < 4; layer++) {
      for (Projection projection : Projection.values()) {
        int[] columns = columns(layer, projection);
        double[][] weight = streams.weight(layer, projection);
        double[][] damped = Matrices.damped(gram(layer, projection), priorDamping);
        double[][] towards =
            Matrices.solve(
                Matrices.part(damped, columns, columns),
                Matrices.times(
                    Matrices.part(damped, columns, Matrices.all(weight.length)), weight));
        double[][] fitted = streams.pass(layer, projection, columns, DAMPING, towards);
        if (layer == 0 || (layer == 1 && projection == Projection.ATTENTION)) {
          continue;
        }
        try (FittedLayerFile file = FittedLayerFile.open(layers.path(layer));
            FittedLayerFile other = FittedLayerFile.open(expected.path(layer))) {
          double[][] actual = Matrices.of(file.find(projection).orElseThrow());
          assertThat(Matrices.distance(actual, fitted)).isLessThan(1e-4);
          assertThat(Matrices.distance(Matrices.of(other.find(projection).orElseThrow()), fitted))
              .isGreaterThan(1e-3);
        }
      }
    }
  }

  /** Any Gram matrix: that of what the layer reads would be one of many. */
  private static double[][] gram(int layer, Projection projection) {
    int n = projection.units(directory.config().layers().get(layer));
    n *= projection.width(directory.config());
    double[][] inputs = Matrices.random(2 * n, n, 100L * layer + projection.name().length());
    return Matrices.times(Matrices.transposed(inputs), inputs);
  }

  /** Columns of the stored projection that stay, most important first. */
  private static int[] columns(int layer, Projection projection) {
    int kept = projection.kept(PLAN.layers().get(layer)) * projection.width(directory.config());
    return Arrays.stream(projection.inputs(model.layout(layer), directory.config()))
        .mapToInt(Math::toIntExact)
        .limit(kept)
        .toArray();
  }

  @Test
  void blocksBeforeTheFirstThatLosesUnitsStayAsTheyAre() {
    assertThat(SequentialFit.firstFitted(directory.config(), PLAN)).hasValue(1);
    assertThat(SequentialFit.firstFitted(directory.config(), model.dense())).isEmpty();
    assertThat(expected.path(0)).doesNotExist();
    try (FittedLayerFile file = FittedLayerFile.open(expected.path(1))) {
      assertThat(file.find(Projection.ATTENTION)).isEmpty();
      assertThat(file.find(Projection.MLP).orElseThrow().shape()).containsExactly(13L, 16L);
    }
  }

  @Test
  void givesTheSameBytesWhateverTheThreadsTheMemoryAndTheDevices() {
    for (int threads : new int[] {1, 3, 7}) {
      requireExpected(fit(model, threads, ENOUGH, "threads-" + threads));
    }
    // Room for the fit and for two chunks of six: the others wait on the host.
    MemoryBudget tight = new MemoryBudget(twoChunks(), 1L << 20, 0);
    assertThat(FitMemory.chunksOnDevice(model, PLAN, Prior.KEPT, CHUNKS, 2, tight)).isEqualTo(2);
    requireExpected(fit(model, 2, tight, "tight"));
    try (LoadedModel streamed =
        StreamedModels.load(LoadedModel.ordered(directory, order, NumericType.FLOAT32))) {
      requireExpected(fit(streamed, 2, tight, "streamed"));
    }
    ComputeOptions options =
        new ComputeOptions(
            Collections.nCopies(3, Device.cpu()),
            ComputeOptions.Sharing.LAYERS,
            NumericType.FLOAT32,
            ENOUGH,
            OptionalInt.empty());
    try (Engines engines =
        Engines.load(() -> LoadedModel.ordered(directory, order, NumericType.FLOAT32), options)) {
      assertThat(engines.model().parts()).hasSize(3);
      requireExpected(fit(engines.model(), 2, ENOUGH, "parts"));
    }
  }

  @Test
  void aFitThatWasKilledAnywhereEndsWithTheSameBytes() {
    List<Long> totals = new ArrayList<>();
    long steps = 4L * 2 * 2 * CHUNKS.size() + CHUNKS.size();
    Random random = new Random(8);
    for (int kill = 0; kill < 6; kill++) {
      DirectoryLayers layers = new DirectoryLayers(folder.resolve("killed-" + kill));
      for (int times = 0; times < 2; times++) {
        long last = random.nextLong(steps);
        assertThatThrownBy(
                () ->
                    fit(
                        model,
                        2,
                        ENOUGH,
                        layers,
                        (done, total) -> {
                          totals.add(total);
                          if (done >= last) {
                            throw new CancellationException("killed");
                          }
                        }))
            .hasMessage("killed");
      }
      List<Double> shares = new ArrayList<>();
      fit(model, 2, ENOUGH, layers, (done, total) -> shares.add((double) done / total));
      assertThat(shares).startsWith(0.0).isSorted().endsWith(1.0);
      requireExpected(layers);
    }
    assertThat(totals).contains(steps);
    // Nothing is left to do.
    fit(model, 2, ENOUGH, expected, (done, total) -> assertThat(total).isEqualTo(CHUNKS.size()));
    requireExpected(expected);
  }

  @Test
  void tooLittleMemoryIsAnErrorThatSaysWhatToDo() {
    assertThatThrownBy(() -> fit(model, 2, new MemoryBudget(1 << 16, 1 << 30, 0), "none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--device-memory");
    assertThatThrownBy(() -> fit(model, 2, new MemoryBudget(twoChunks(), 3000, 0), "few"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fit on fewer windows, or give more with --host-memory");
  }

  @Test
  void thePrunedModelOnTheDiskHasTheLossThatTheEngineSees() throws IOException {
    double sliced = loss(model, PLAN, Fits.NONE);
    double fitted;
    try (PlanFits fits = new PlanFits(PLAN, expected)) {
      fitted = loss(model, PLAN, fits);
      assertThatThrownBy(() -> loss(model, model.dense(), fits))
          .hasMessageContaining("layer 1 was fitted for");
    }
    assertThat(fitted).isNotEqualTo(sliced);
    Map<String, StoredTensor> tensors = new HashMap<>();
    List<FittedLayerFile> files = new ArrayList<>();
    for (int layer = 1; layer < 4; layer++) {
      FittedLayerFile file = FittedLayerFile.open(expected.path(layer));
      files.add(file);
      for (Projection projection : Projection.values()) {
        String name = projection.weight().tensorName(layer);
        file.find(projection).ifPresent(tensor -> tensors.put(name, tensor));
      }
    }
    assertThat(tensors).hasSize(5);
    for (ModelFormat format : ModelFormat.values()) {
      Path target = folder.resolve("pruned-" + format);
      PrunedModelWriter.write(directory, order, PLAN, tensors, format, target);
      try (ModelDirectory pruned = ModelDirectory.open(target);
          LoadedModel loaded = LoadedModel.load(pruned, Device.cpu(), NumericType.FLOAT32)) {
        assertThat(loss(loaded, loaded.dense(), Fits.NONE) / fitted).isBetween(0.99999, 1.00001);
      }
    }
    PruningPlan other = new PruningPlan(Collections.nCopies(4, new LayerPlan(6, 12)));
    assertThatThrownBy(
            () ->
                PrunedModelWriter.write(
                    directory, order, other, tensors, ModelFormat.COMPACT, folder.resolve("no")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it was made for another plan");
    files.forEach(FittedLayerFile::close);
  }

  private static long twoChunks() {
    long low = 1 << 16;
    while (!holdsTwo(low)) {
      low += 1 << 10;
    }
    return low;
  }

  private static boolean holdsTwo(long bytes) {
    try {
      MemoryBudget memory = new MemoryBudget(bytes, 1L << 30, 0);
      return FitMemory.chunksOnDevice(model, PLAN, Prior.KEPT, CHUNKS, 2, memory) == 2;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static double loss(LoadedModel loaded, PruningPlan plan, Fits fits) {
    List<Double> losses = new ArrayList<>();
    try (TorchThreads threads = new TorchThreads(2);
        FitnessEngine engine = new FitnessEngine(loaded, threads, ENOUGH)) {
      engine.run(
          List.of(plan),
          CHUNKS,
          new PerplexityPass(),
          fits,
          ProgressListener.SILENT,
          (i, chunks) -> chunks.forEach(each -> Arrays.stream(each).forEach(losses::add)));
    }
    return losses.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  private static DirectoryLayers fit(
      LoadedModel loaded, int count, MemoryBudget memory, String name) {
    DirectoryLayers layers = new DirectoryLayers(folder.resolve(name));
    fit(loaded, count, memory, layers, ProgressListener.SILENT);
    return layers;
  }

  private static void fit(
      LoadedModel loaded,
      int count,
      MemoryBudget memory,
      KeptLayers layers,
      ProgressListener listener) {
    try (TorchThreads threads = new TorchThreads(count)) {
      new SequentialFit(loaded, threads, memory).run(PLAN, CHUNKS, DAMPING, layers, listener);
    }
  }

  private static void requireExpected(DirectoryLayers layers) {
    for (int layer = 0; layer < 4; layer++) {
      if (Files.exists(expected.path(layer))) {
        assertThat(layers.path(layer)).hasSameBinaryContentAs(expected.path(layer));
      } else {
        assertThat(layers.path(layer)).doesNotExist();
      }
    }
  }
}
