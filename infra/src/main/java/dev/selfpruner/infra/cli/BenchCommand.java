package dev.selfpruner.infra.cli;

import ai.djl.Device;
import dev.selfpruner.gpu.bench.BenchResult;
import dev.selfpruner.gpu.bench.BenchSettings;
import dev.selfpruner.gpu.bench.Benchmark;
import dev.selfpruner.gpu.bench.KnownShape;
import dev.selfpruner.gpu.bench.LayerBenchResult;
import dev.selfpruner.gpu.bench.LayerBenchmark;
import dev.selfpruner.gpu.bench.LayerBenchmark.Work;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.llama.HostWeights;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.report.BenchReport;
import dev.selfpruner.infra.report.LayerBenchReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench}: speed and memory of evaluations, beside what the machine could do. */
@Command(
    name = "bench",
    sortOptions = false,
    header = "Measure evaluations: tokens per second, share of the machine's peak, memory.",
    description =
        "Runs whole evaluations, from the embedding to the loss, of random tokens; the peak is a large matrix product's in the same run. The process needs memory for the weights of --distinct-layers.")
final class BenchCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Model to measure: a Hugging Face directory.")
  private Path model;

  @Option(
      names = "--shape",
      paramLabel = "NAME",
      description =
          "Random weights of a known shape instead: ${COMPLETION-CANDIDATES} (default: smollm2_135m on a CPU, llama_2_7b elsewhere).")
  private KnownShape shape;

  @Option(
      names = "--distinct-layers",
      paramLabel = "N",
      defaultValue = "4",
      description =
          "Random layers that are made; the others are these again, so that the host holds the model (default: ${DEFAULT-VALUE}).")
  private int distinctLayers;

  @Option(
      names = "--layers",
      paramLabel = "N",
      description = "Layers of the shape, from the first on (default: all).")
  private Integer layers;

  @Option(
      names = "--sequence-length",
      paramLabel = "T",
      defaultValue = "2048",
      description = "Tokens in a window (default: ${DEFAULT-VALUE}).")
  private int sequenceLength;

  @Option(
      names = "--windows",
      paramLabel = "N",
      defaultValue = "4",
      description = "Windows (default: ${DEFAULT-VALUE}).")
  private int windows;

  @Option(
      names = "--sparsities",
      paramLabel = "SHARE",
      split = ",",
      defaultValue = "0,0.2,0.3,0.4,0.5",
      description =
          "Shares of the decoder blocks' parameters to remove, uniformly (default: ${DEFAULT-VALUE}).")
  private List<Double> sparsities;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Also measure a batch of so many candidates at the last sparsity, beside as many single runs.")
  private int batch;

  @Option(
      names = "--shared-layers",
      paramLabel = "SHARE",
      defaultValue = "0.5",
      description =
          "Share of the layers that the batch's candidates have in common (default: ${DEFAULT-VALUE}).")
  private double sharedLayers;

  @Option(
      names = "--repeats",
      paramLabel = "N",
      defaultValue = "3",
      description = "Runs of each after one that doesn't count (default: ${DEFAULT-VALUE}).")
  private int repeats;

  @Option(
      names = "--order",
      description =
          "Measure something else, of one layer with random weights: its brain surgeon's order of removal.")
  private boolean order;

  @Option(
      names = "--gram",
      description = "The same: its Gram matrices over --windows of --sequence-length.")
  private boolean gram;

  @Option(
      names = "--fit",
      description = "The same: its final fit at the last of --sparsities, over these windows.")
  private boolean fit;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nWhat computes:%n")
  private ComputeFlags compute = new ComputeFlags();

  BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (model != null && shape != null) {
      throw new UserError("--model and --shape exclude each other: give one of them");
    }
    if (distinctLayers < 1) {
      throw new UserError("--distinct-layers is at least 1, not " + distinctLayers);
    }
    BenchSettings settings =
        BadInput.refused(
            () ->
                new BenchSettings(
                    sequenceLength, windows, sparsities, batch, sharedLayers, repeats));
    ComputeOptions options = withoutDenseStates(compute.options());
    if (order || gram || fit) {
      LayerBenchReport report = new LayerBenchReport(ofLayer(options, settings));
      console.result(json ? report.json() : report.text());
      return ExitCodes.OK;
    }
    BenchResult result = model == null ? ofShape(options, settings) : ofModel(options, settings);
    BenchReport report = new BenchReport(result);
    console.result(json ? report.json() : report.text());
    return ExitCodes.OK;
  }

  private LayerBenchResult ofLayer(ComputeOptions options, BenchSettings settings) {
    return BadInput.refused(
        () -> {
          Path folder = Files.createTempDirectory("selfpruner-bench");
          try {
            return LayerBenchmark.run(
                layerShape(options),
                options,
                settings,
                works(),
                folder,
                what -> console.note("bench: " + what));
          } finally {
            Files.delete(folder);
          }
        });
  }

  private Set<Work> works() {
    Set<Work> works = EnumSet.noneOf(Work.class);
    Map.of(Work.ORDER, order, Work.GRAM, gram, Work.FIT, fit)
        .forEach(
            (work, wanted) -> {
              if (wanted) {
                works.add(work);
              }
            });
    return works;
  }

  private LlamaConfig layerShape(ComputeOptions options) {
    if (model == null) {
      return measured(options).config();
    }
    try (LocalModel local = LocalModel.open(InputFiles.modelDirectory("--model", model))) {
      return local.directory().config();
    }
  }

  private KnownShape measured(ComputeOptions options) {
    boolean cpu = options.devices().contains(Device.cpu());
    return shape != null ? shape : cpu ? KnownShape.SMOLLM2_135M : KnownShape.LLAMA_2_7B;
  }

  private BenchResult ofShape(ComputeOptions options, BenchSettings settings) {
    KnownShape measured = measured(options);
    LlamaConfig config = cut(measured.config());
    console.note(
        "random weights of %s, %d of its %d layers made"
            .formatted(
                measured.name().toLowerCase(Locale.ROOT),
                Math.min(distinctLayers, config.layers().size()),
                config.layers().size()));
    return run(
        config,
        () -> LoadedModel.random(config, options.numericType(), distinctLayers),
        options,
        settings);
  }

  private LlamaConfig cut(LlamaConfig whole) {
    if (layers == null) {
      return whole;
    }
    if (layers < 1 || layers > whole.layers().size()) {
      throw new UserError(
          "--layers is from 1 to %d, not %d".formatted(whole.layers().size(), layers));
    }
    return whole.withLayers(whole.layers().subList(0, layers));
  }

  private BenchResult ofModel(ComputeOptions options, BenchSettings settings) {
    try (LocalModel local = LocalModel.open(InputFiles.modelDirectory("--model", model))) {
      return run(
          local.directory().config(),
          () -> LoadedModel.stored(local.directory(), options.numericType()),
          options,
          settings);
    }
  }

  private BenchResult run(
      LlamaConfig config,
      Supplier<HostWeights> weights,
      ComputeOptions options,
      BenchSettings settings) {
    return BadInput.refused(
        () ->
            Benchmark.run(
                config, weights, options, settings, what -> console.note("bench: " + what)));
  }

  /** Every run is to do all of its work. */
  static ComputeOptions withoutDenseStates(ComputeOptions options) {
    MemoryBudget memory = options.memory();
    return new ComputeOptions(
        options.devices(),
        options.sharing(),
        options.numericType(),
        new MemoryBudget(memory.device(), memory.host(), 0),
        options.windowsPerChunk());
  }
}
