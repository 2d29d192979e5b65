package dev.selfpruner.gpu.bench;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.bench.BenchResult.Row;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Chunks;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.Engines;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.evaluate.PerplexityPass;
import dev.selfpruner.gpu.llama.HostWeights;
import dev.selfpruner.gpu.llama.ModelPart;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelTensors;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.Torch;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Measures whole evaluations, through the same engine as a search. */
public final class Benchmark {
  private static final int SEED = 1;

  private final BenchSettings settings;
  private final ComputeOptions options;
  private final LlamaConfig config;
  private final PrunableModel prunable;
  private final List<Chunk> chunks;

  private Benchmark(LlamaConfig config, ComputeOptions options, BenchSettings settings) {
    this.settings = settings;
    this.options = options;
    this.config = config;
    this.prunable = UnitOrder.asStored(config).prunable(config);
    int[] ids =
        new Random(SEED)
            .ints((long) settings.windows() * settings.sequenceLength(), 0, config.vocabularySize())
            .toArray();
    this.chunks =
        Chunks.of(
            new TokenWindows(TokenIds.of(ids), settings.sequenceLength(), 0, settings.windows()),
            options.windowsPerChunk(settings.sequenceLength()));
  }

  /**
   * Measures a model.
   *
   * @param weights asked once for each copy of the model, which closes them
   * @param progress told what is being done
   * @throws IllegalArgumentException if a sparsity is more than the model can lose
   */
  public static BenchResult run(
      LlamaConfig config,
      Supplier<HostWeights> weights,
      ComputeOptions options,
      BenchSettings settings,
      Consumer<String> progress) {
    return new Benchmark(config, options, settings).run(weights, progress);
  }

  /**
   * Measures a model's speed alone, without the machine's peak beside it: the rows' shares of it
   * are not a number.
   *
   * @param weights asked once for each copy of the model, which closes them
   * @param progress told what is being done
   * @throws IllegalArgumentException if a sparsity is more than the model can lose
   */
  public static List<Row> speed(
      LlamaConfig config,
      Supplier<HostWeights> weights,
      ComputeOptions options,
      BenchSettings settings,
      Consumer<String> progress) {
    Benchmark benchmark = new Benchmark(config, options, settings);
    List<PruningPlan> plans = benchmark.plans();
    progress.accept("loading");
    try (Engines engines = Engines.load(weights, options)) {
      return benchmark.rows(plans, engines, Double.NaN, progress);
    }
  }

  private BenchResult run(Supplier<HostWeights> weights, Consumer<String> progress) {
    List<PruningPlan> plans = plans();
    progress.accept("measuring the matrix product");
    double peak;
    try (TorchThreads threads = options.threads(options.first())) {
      peak = Peak.measure(options.devices().get(0), options.numericType(), threads);
    }
    peak *= options.devices().stream().distinct().count();
    progress.accept("loading");
    try (MemoryWatch memory = new MemoryWatch(options.devices());
        Engines engines = Engines.load(weights, options)) {
      List<Row> rows = rows(plans, engines, peak, progress);
      return new BenchResult(
          options.devices().stream().map(Object::toString).toList(),
          Torch.ENGINE + " " + Torch.version(),
          options.numericType().name().toLowerCase(Locale.ROOT),
          engines.model().parts().stream().allMatch(ModelPart::resident),
          peak / 1e12,
          rows,
          memory.deviceHighWater(),
          MemoryWatch.hostHighWater());
    }
  }

  private List<PruningPlan> plans() {
    return settings.sparsities().stream().map(this::plan).toList();
  }

  private List<Row> rows(
      List<PruningPlan> plans, Engines engines, double peak, Consumer<String> progress) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      double sparsity = settings.sparsities().get(i);
      String what = sparsity == 0 ? "dense" : percent(sparsity);
      progress.accept(what);
      rows.add(row(what, engines, List.of(List.of(plans.get(i))), peak));
    }
    if (settings.candidates() > 1) {
      rows.addAll(batches(engines, peak, progress));
    }
    return rows;
  }

  private List<Row> batches(Engines engines, double peak, Consumer<String> progress) {
    double sparsity = settings.sparsities().get(settings.sparsities().size() - 1);
    List<PruningPlan> batch = batch(sparsity == 0 ? 0.3 : sparsity);
    String name =
        "%d candidates, %.0f %% of layers shared"
            .formatted(batch.size(), 100 * settings.sharedLayers());
    progress.accept(name + ", one by one");
    Row single = row(name + ", one by one", engines, batch.stream().map(List::of).toList(), peak);
    progress.accept(name + ", together");
    return List.of(single, row(name + ", together", engines, List.of(batch), peak));
  }

  /** Plans that begin alike, and then differ in every layer. */
  private List<PruningPlan> batch(double sparsity) {
    Budget budget = new Budget(prunable, sparsity);
    int layers = prunable.layers().size();
    int shared = (int) Math.round(settings.sharedLayers() * layers);
    List<PruningPlan> plans = new ArrayList<>();
    for (int i = 0; i < settings.candidates(); i++) {
      PruningPlan uniform = budget.uniform();
      List<Double> rates = new ArrayList<>(Collections.nCopies(layers, sparsity));
      for (int layer = shared; layer < layers; layer++) {
        double tilt = 0.2 * sparsity * (i + 1) / settings.candidates();
        rates.set(layer, sparsity + ((layer - shared) % 2 == 0 ? tilt : -tilt));
      }
      PruningPlan tilted = budget.plan(new LayerRates(rates));
      plans.add(
          new PruningPlan(
              Stream.concat(
                      uniform.layers().subList(0, shared).stream(),
                      tilted.layers().subList(shared, layers).stream())
                  .toList()));
    }
    return plans;
  }

  private Row row(String what, Engines engines, List<List<PruningPlan>> batches, double peak) {
    once(engines, batches, chunks.subList(0, 1)); // loads kernels
    double[] seconds = new double[settings.repeats()];
    for (int i = 0; i < seconds.length; i++) {
      long start = System.nanoTime();
      once(engines, batches, chunks);
      seconds[i] = (System.nanoTime() - start) / 1e9;
    }
    Arrays.sort(seconds);
    double median = seconds[seconds.length / 2];
    List<PruningPlan> plans = batches.stream().flatMap(List::stream).toList();
    double flops = plans.stream().mapToDouble(this::flops).sum();
    long tokens = (long) settings.windows() * settings.sequenceLength();
    long parameters = parameters(plans.get(0));
    return new Row(
        what,
        parameters,
        parameters * options.numericType().bytes(),
        plans.size(),
        tokens,
        median,
        seconds[0],
        seconds[seconds.length - 1],
        tokens * plans.size() / median,
        flops / median / 1e12,
        flops / median / peak);
  }

  private static void once(Engines engines, List<List<PruningPlan>> batches, List<Chunk> some) {
    for (List<PruningPlan> plans : batches) {
      engines.run(plans, some, new PerplexityPass(), ProgressListener.SILENT, (plan, losses) -> {});
    }
  }

  private PruningPlan plan(double sparsity) {
    return sparsity == 0 ? prunable.dense() : new Budget(prunable, sparsity).uniform();
  }

  private double flops(PruningPlan plan) {
    return Flops.of(config, prunable, plan, settings.windows(), settings.sequenceLength());
  }

  private long parameters(PruningPlan plan) {
    return ModelTensors.parameters(config) - prunable.blockParameters() + prunable.parameters(plan);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %% removed", 100 * share);
  }
}
