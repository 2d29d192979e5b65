package dev.selfpruner.gpu.bench;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.bench.LayerBenchResult.Row;
import dev.selfpruner.gpu.engine.Chunks;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.Placement;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.reconstruct.FittedLayerFile;
import dev.selfpruner.gpu.reconstruct.GramCollector;
import dev.selfpruner.gpu.reconstruct.KeptLayers;
import dev.selfpruner.gpu.reconstruct.SequentialFit;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.OutOfMemory;
import dev.selfpruner.gpu.torch.Torch;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Measures what a search does with a layer beside evaluating it, through the same code, on a model
 * of one layer with random weights: of the whole model it takes as often as much time, and as much
 * memory, as it has layers one after another.
 */
public final class LayerBenchmark {
  private static final int SEED = 1;

  /** Of the final fit; its time doesn't depend on it. */
  private static final double DAMPING = 3e-3;

  /** What can be measured. */
  public enum Work {
    ORDER,
    GRAM,
    FIT
  }

  private final LlamaConfig config;
  private final ComputeOptions options;
  private final BenchSettings settings;
  private final Path folder;
  private final TokenWindows windows;

  private LayerBenchmark(
      LlamaConfig config, ComputeOptions options, BenchSettings settings, Path folder) {
    this.config = config;
    this.options = options;
    this.settings = settings;
    this.folder = folder;
    int[] ids =
        new Random(SEED)
            .ints((long) settings.windows() * settings.sequenceLength(), 0, config.vocabularySize())
            .toArray();
    this.windows =
        new TokenWindows(TokenIds.of(ids), settings.sequenceLength(), 0, settings.windows());
  }

  /**
   * Measures the first layer of a model's shape, on the first device.
   *
   * @param settings whose last sparsity is what the fit is of
   * @param folder for files while they are needed
   * @param progress told what is being done
   * @throws IllegalArgumentException if the sparsity is more than the layer can lose, or the memory
   *     that was given too small
   */
  public static LayerBenchResult run(
      LlamaConfig config,
      ComputeOptions options,
      BenchSettings settings,
      Set<Work> works,
      Path folder,
      Consumer<String> progress)
      throws IOException {
    LlamaConfig layer = config.withLayers(config.layers().subList(0, 1));
    LayerBenchmark benchmark = new LayerBenchmark(layer, options, settings, folder);
    List<Row> rows = new ArrayList<>();
    for (Work work : Work.values()) {
      if (works.contains(work)) {
        rows.addAll(benchmark.rows(work, progress));
      }
    }
    return new LayerBenchResult(
        benchmark.placement().devices().get(0).toString(),
        Torch.ENGINE + " " + Torch.version(),
        options.numericType().name().toLowerCase(Locale.ROOT),
        rows);
  }

  private List<Row> rows(Work work, Consumer<String> progress) throws IOException {
    return switch (work) {
      case ORDER -> orders(progress);
      case GRAM -> List.of(gram(progress));
      case FIT -> List.of(fit(progress));
    };
  }

  /** On the first device alone. */
  private Placement placement() {
    Placement first = options.first();
    return new Placement(first.devices().subList(0, 1), first.memory());
  }

  private List<Row> orders(Consumer<String> progress) throws IOException {
    LayerSize size = config.layers().get(0);
    var device = placement().devices().get(0);
    return List.of(
        row(
            "order of %,d neurons, %,d outputs".formatted(size.neurons(), config.hiddenSize()),
            progress,
            () -> Run.of(OrderBenchmark.neurons(device, size.neurons(), config.hiddenSize()))),
        row(
            "order of %,d heads of %,d".formatted(size.queryHeads(), config.headSize()),
            progress,
            () ->
                Run.of(
                    OrderBenchmark.heads(
                        device, size.queryHeads(), config.headSize(), config.hiddenSize()))));
  }

  private Row gram(Consumer<String> progress) throws IOException {
    int perChunk = options.windowsPerChunk(settings.sequenceLength());
    Placement whole = placement();
    try (TorchThreads threads = options.threads(whole)) {
      MemoryBudget forModel =
          GramCollector.forModel(
              whole.memory(), config, perChunk * settings.sequenceLength(), threads.count());
      try (LoadedModel model = load(new Placement(whole.devices(), forModel))) {
        GramCollector collector = new GramCollector(threads, whole.memory());
        return row(
            "Gram matrices over " + text(),
            progress,
            () -> {
              AtomicLong bytes = new AtomicLong();
              long start = System.nanoTime();
              collector.collect(
                  model,
                  windows,
                  perChunk,
                  folder,
                  ProgressListener.SILENT,
                  (layer, file) -> bytes.addAndGet(Files.size(file)));
              return Run.since(start, OptionalLong.of(bytes.get()));
            });
      }
    }
  }

  private Row fit(Consumer<String> progress) throws IOException {
    double sparsity = settings.sparsities().get(settings.sparsities().size() - 1);
    PruningPlan plan = new Budget(UnitOrder.asStored(config).prunable(config), sparsity).uniform();
    Placement whole = placement();
    try (TorchThreads threads = options.threads(whole);
        LoadedModel model = load(whole)) {
      SequentialFit fit = new SequentialFit(model, threads, whole.memory());
      return row(
          "final fit at %.0f %% over %s".formatted(100 * sparsity, text()),
          progress,
          () -> {
            Forgotten layers = new Forgotten(folder.resolve("fitted"), new AtomicLong());
            long start = System.nanoTime();
            fit.run(
                plan,
                Chunks.of(windows, options.windowsPerChunk(settings.sequenceLength())),
                DAMPING,
                layers,
                ProgressListener.SILENT);
            return Run.since(start, OptionalLong.of(layers.bytes().get()));
          });
    }
  }

  private LoadedModel load(Placement placement) {
    return LoadedModel.load(LoadedModel.random(config, options.numericType(), 1), placement);
  }

  private String text() {
    return "%,d windows of %,d".formatted(settings.windows(), settings.sequenceLength());
  }

  /** Layers that are counted and not kept: every run has to fit them. */
  private record Forgotten(Path file, AtomicLong bytes) implements KeptLayers {
    @Override
    public boolean has(int layer) {
      return false;
    }

    @Override
    public Optional<FittedLayerFile> open(int layer) {
      return Optional.empty();
    }

    @Override
    public void keep(int layer, Writer writer) {
      try {
        writer.write(file);
        bytes.addAndGet(Files.size(file));
        Files.delete(file);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write " + file, e);
      }
    }
  }

  /** One run of what is measured. */
  private record Run(double seconds, OptionalLong fileBytes) {
    static Run of(double seconds) {
      return new Run(seconds, OptionalLong.empty());
    }

    static Run since(long start, OptionalLong fileBytes) {
      return new Run((System.nanoTime() - start) / 1e9, fileBytes);
    }
  }

  @FunctionalInterface
  private interface Measured {
    Run run() throws IOException;
  }

  private Row row(String what, Consumer<String> progress, Measured measured) throws IOException {
    progress.accept(what);
    OutOfMemory.releaseCaches(); // of what was measured before
    try (MemoryWatch memory = new MemoryWatch(placement().devices())) {
      Run last = measured.run(); // loads kernels
      double[] seconds = new double[settings.repeats()];
      for (int i = 0; i < seconds.length; i++) {
        last = measured.run();
        seconds[i] = last.seconds();
      }
      Arrays.sort(seconds);
      return new Row(
          what,
          seconds[seconds.length / 2],
          seconds[0],
          seconds[seconds.length - 1],
          memory.deviceHighWater(),
          last.fileBytes());
    }
  }
}
