package dev.selfpruner.gpu.reconstruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.NaiveDecoder;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.llama.Placement;
import dev.selfpruner.gpu.llama.StreamedModels;
import dev.selfpruner.gpu.llama.WorkingMemory;
import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.TestModels;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.Torch;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gram matrices of a model with grouped queries, against loops in double precision. */
class GramCollectorTest {
  private static final String CONFIG =
      """
      {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 16,
       "intermediate_size": 150, "num_hidden_layers": 3, "num_attention_heads": 6,
       "num_key_value_heads": 3, "head_dim": 4, "vocab_size": 20, "max_position_embeddings": 64,
       "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "tie_word_embeddings": false,
       "torch_dtype": "float32"}
      """;
  private static final int HEAD_SIZE = 4;
  private static final int LAYERS = 3;
  private static final int LENGTH = 24;
  private static final int WINDOWS = 11; // in chunks of 2, the last one not full
  private static final int CHUNK = 2;
  private static final MemoryBudget ENOUGH = new MemoryBudget(1L << 30, 1L << 30, 1L << 30);

  @TempDir private Path folder;

  private ModelDirectory directory;
  private final TokenWindows windows =
      new TokenWindows(
          TokenIds.of(new Random(7).ints(LENGTH * WINDOWS, 0, 20).toArray()), LENGTH, 0, WINDOWS);

  @BeforeEach
  void writeModel() throws IOException {
    directory =
        ModelDirectory.open(
            TestModels.write(folder.resolve("model"), CONFIG, StorageType.F32, specs -> specs));
  }

  @AfterEach
  void close() throws IOException {
    directory.close();
    try (Stream<Path> left = Files.list(folder.resolve("work"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void areWhatLoopsOverAllTokensGive() throws IOException {
    NaiveDecoder naive = naive();

    Map<Integer, float[][]> found = collect(1, ENOUGH, NumericType.FLOAT32);

    assertThat(found).hasSize(LAYERS);
    for (int layer = 0; layer < LAYERS; layer++) {
      requireClose(found.get(layer)[0], naive.gram(layer, LayerWeight.ATTENTION_OUTPUT), 1e-5);
      requireClose(found.get(layer)[1], naive.gram(layer, LayerWeight.DOWN), 1e-5);
    }
  }

  @Test
  void halfPrecisionIsWidenedBeforeItIsMultiplied() throws IOException {
    NaiveDecoder naive = naive();

    Map<Integer, float[][]> found = collect(2, ENOUGH, NumericType.FLOAT16);

    requireClose(found.get(2)[1], naive.gram(2, LayerWeight.DOWN), 2e-2);
  }

  @Test
  void threadsAndMemoryDecideAboutNoBit() throws IOException {
    Map<Integer, float[][]> expected = collect(1, ENOUGH, NumericType.FLOAT32);

    for (int threads : new int[] {2, 5}) {
      requireSame(collect(threads, ENOUGH, NumericType.FLOAT32), expected);
    }
    for (int chunks : new int[] {1, 2}) {
      AtomicInteger suspended = new AtomicInteger();
      try (LoadedModel model = load(Placement.on(Device.cpu()))) {
        MemoryBudget tight = budgetFor(model, 2, chunks);
        ProgressListener watching =
            (done, total) -> suspended.accumulateAndGet(filesAtWork(), Math::max);
        requireSame(collect(model, 2, tight, watching), expected);
      }
      assertThat(suspended).hasValue(LAYERS - 1);
    }
  }

  @Test
  void whatIsToWaitIsToldBeforeItDoesAndMayBeRefused() throws IOException {
    List<Long> told = new ArrayList<>();
    GramCollector.Layers refusing =
        new GramCollector.Layers() {
          @Override
          public boolean wants(int layer) {
            return layer != 1;
          }

          @Override
          public void waiting(long bytes) throws IOException {
            told.add(bytes);
            throw new IOException("there is no room");
          }

          @Override
          public void complete(int layer, Path file) {
            throw new AssertionError("layer " + layer + " is complete");
          }
        };
    try (LoadedModel model = load(Placement.on(Device.cpu()));
        TorchThreads pool = new TorchThreads(2)) {
      GramCollector tight = new GramCollector(pool, budgetFor(model, 2, 1));
      assertThatThrownBy(
              () ->
                  tight.collect(
                      model,
                      windows,
                      CHUNK,
                      folder.resolve("work"),
                      ProgressListener.SILENT,
                      refusing))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("there is no room");
    }
    assertThat(told)
        .containsExactly(
            GramSize.ofModel(directory.config()) - GramSize.ofLayer(directory.config(), 1));
  }

  @Test
  void devicesThatShareTheLayersAndStreamedWeightsGiveTheSameBits() throws IOException {
    Map<Integer, float[][]> expected = collect(1, ENOUGH, NumericType.FLOAT32);

    Placement shared = new Placement(Collections.nCopies(2, Device.cpu()), ENOUGH);
    try (LoadedModel model = load(shared)) {
      requireSame(collect(model, 2, ENOUGH, ProgressListener.SILENT), expected);
    }
    try (LoadedModel model =
        StreamedModels.load(LoadedModel.stored(directory, NumericType.FLOAT32))) {
      requireSame(collect(model, 2, ENOUGH, ProgressListener.SILENT), expected);
    }
  }

  @Test
  void aRunThatWasOutOfMemoryBeginsAgain() throws IOException {
    Map<Integer, float[][]> expected = collect(1, ENOUGH, NumericType.FLOAT32);
    AtomicInteger steps = new AtomicInteger();
    try (LoadedModel model = load(Placement.on(Device.cpu()))) {
      ProgressListener failing =
          (done, total) -> {
            if (steps.incrementAndGet() == 20) {
              throw new EngineException("CUDA out of memory. Tried to allocate 2.00 GiB");
            }
          };
      requireSame(collect(model, 2, ENOUGH, failing), expected);
    }
  }

  @Test
  void layersThatNobodyWantsArePassedAndTheOthersStayTheSame() throws IOException {
    Map<Integer, float[][]> expected = collect(1, ENOUGH, NumericType.FLOAT32);
    int wanted = LAYERS - 1;
    List<Integer> complete = Collections.synchronizedList(new ArrayList<>());
    List<float[]> found = Collections.synchronizedList(new ArrayList<>());
    try (LoadedModel model = load(Placement.on(Device.cpu()));
        TorchThreads pool = new TorchThreads(2);
        NDManager manager = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE)) {
      GramCollector.Layers last =
          new GramCollector.Layers() {
            @Override
            public boolean wants(int layer) {
              return layer == wanted;
            }

            @Override
            public void complete(int layer, Path file) throws IOException {
              complete.add(layer);
              found.add(GramFile.read(manager, file, GramFile.ATTENTION).toFloatArray());
              found.add(GramFile.read(manager, file, GramFile.MLP).toFloatArray());
            }
          };

      new GramCollector(pool, budgetFor(model, 2, 2))
          .collect(model, windows, CHUNK, folder.resolve("work"), ProgressListener.SILENT, last);
    }
    assertThat(complete).containsExactly(wanted);
    assertThat(found).containsExactly(expected.get(wanted)[0], expected.get(wanted)[1]);
  }

  @Test
  void aRunThatIsEndedLeavesNothing() throws IOException {
    try (LoadedModel model = load(Placement.on(Device.cpu()))) {
      ProgressListener cancelling =
          (done, total) -> {
            if (done == 15) {
              throw new CancellationException("not wanted any more");
            }
          };
      assertThatThrownBy(() -> collect(model, 2, ENOUGH, cancelling))
          .hasMessage("not wanted any more");
    }
  }

  @Test
  void tooLittleMemoryIsSaidBeforeAnythingIsRun() throws IOException {
    Files.createDirectories(folder.resolve("work"));
    assertThatThrownBy(
            () ->
                GramCollector.forModel(
                    new MemoryBudget(1 << 16, 0, 0), directory.config(), CHUNK * LENGTH, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 MiB of device memory");
  }

  @Test
  void unitsInAnotherOrderAreRefused() throws IOException {
    Files.createDirectories(folder.resolve("work"));
    LayerOrder reversed =
        LayerOrder.ascending(
            IntStream.range(0, 6).mapToDouble(i -> i).toArray(),
            IntStream.range(0, 150).mapToDouble(i -> i).toArray());
    UnitOrder order = new UnitOrder(Collections.nCopies(LAYERS, reversed));
    try (LoadedModel model =
        LoadedModel.load(directory, order, Device.cpu(), NumericType.FLOAT32)) {
      assertThatThrownBy(() -> collect(model, 1, ENOUGH, ProgressListener.SILENT))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("stored order");
    }
  }

  private int filesAtWork() {
    try (Stream<Path> files = Files.walk(folder.resolve("work"))) {
      return (int) files.filter(file -> file.toString().endsWith(".safetensors")).count();
    } catch (IOException | UncheckedIOException e) {
      return 0; // one went while it was listed
    }
  }

  private NaiveDecoder naive() {
    NaiveDecoder naive =
        new NaiveDecoder(directory, pair -> Math.pow(10_000, -2.0 * pair / HEAD_SIZE));
    LayerOrder all = LayerOrder.ascending(new double[6], new double[150]);
    UnitOrder order = new UnitOrder(Collections.nCopies(LAYERS, all));
    try (LoadedModel model = load(Placement.on(Device.cpu()))) {
      for (int i = 0; i < WINDOWS; i++) {
        double unused = naive.loss(windows.window(i), order, model.dense());
      }
    }
    return naive;
  }

  private LoadedModel load(Placement placement) {
    return LoadedModel.load(LoadedModel.stored(directory, NumericType.FLOAT32), placement);
  }

  /** Memory for so many chunks' states beside what the threads and the matrices take. */
  private MemoryBudget budgetFor(LoadedModel model, int threads, int chunks) {
    long state = WorkingMemory.state(model, CHUNK * LENGTH);
    long work = WorkingMemory.ofBlock(model, model.parts().get(0), CHUNK * LENGTH) + state;
    long own = GramSize.whileCollecting(directory.config(), CHUNK * LENGTH, threads);
    return new MemoryBudget(own + threads * work + chunks * state, 0, 0);
  }

  private Map<Integer, float[][]> collect(int threads, MemoryBudget memory, NumericType type)
      throws IOException {
    try (LoadedModel model =
        LoadedModel.load(LoadedModel.stored(directory, type), Placement.on(Device.cpu()))) {
      return collect(model, threads, memory, ProgressListener.SILENT);
    }
  }

  /** The two matrices of each layer. */
  private Map<Integer, float[][]> collect(
      LoadedModel model, int threads, MemoryBudget memory, ProgressListener listener)
      throws IOException {
    Map<Integer, float[][]> layers = new TreeMap<>();
    try (TorchThreads pool = new TorchThreads(threads);
        NDManager manager = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE)) {
      new GramCollector(pool, memory)
          .collect(
              model,
              windows,
              CHUNK,
              folder.resolve("work"),
              listener,
              (layer, file) -> {
                NDArray attention = GramFile.read(manager, file, GramFile.ATTENTION);
                NDArray mlp = GramFile.read(manager, file, GramFile.MLP);
                synchronized (layers) {
                  layers.put(layer, new float[][] {attention.toFloatArray(), mlp.toFloatArray()});
                }
              });
    }
    return layers;
  }

  private static void requireSame(Map<Integer, float[][]> found, Map<Integer, float[][]> expected) {
    assertThat(found).hasSize(LAYERS);
    expected.forEach(
        (layer, matrices) -> {
          assertThat(found.get(layer)[0]).isEqualTo(matrices[0]);
          assertThat(found.get(layer)[1]).isEqualTo(matrices[1]);
        });
  }

  private static void requireClose(float[] found, double[][] expected, double tolerance) {
    int n = expected.length;
    assertThat(found).hasSize(n * n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double scale = Math.sqrt(expected[i][i] * expected[j][j]);
        assertThat((double) found[i * n + j]).isCloseTo(expected[i][j], within(tolerance * scale));
        assertThat(found[i * n + j]).isEqualTo(found[j * n + i]);
      }
    }
  }
}
