package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.calibrate.Calibrator;
import dev.selfpruner.gpu.calibrate.Importance;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.export.PrunedModelWriter;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.Placement;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.torch.TorchThreads;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.demo.DemoModel;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.report.PercentDisplay;
import dev.selfpruner.infra.report.PruneReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code prune}: a smaller model by rates or a plan that are given, without a search. */
@Command(
    name = "prune",
    sortOptions = false,
    header = "Prune a model without a search: every layer alike, or by rates or a plan.",
    description =
        "Calibrates the model and removes its least important heads and neurons (Wanda-sp); weights that stay are as they were. infra/docs/formats.md describes the files.")
final class PruneCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "Model: a Hugging Face directory (config.json, safetensors, tokenizer.json).")
  private Path model;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where the pruned model goes: a directory that is not there yet.")
  private Path out;

  @Option(
      names = "--sparsity",
      paramLabel = "SHARE",
      description =
          "Share of the decoder blocks' parameters to remove, such as 0.3 (default: what --rates come to).")
  private Double sparsity;

  @Option(
      names = "--width-multiple",
      paramLabel = "N",
      description =
          "Keep a multiple of N neurons in every layer but one (default: 1; 8 makes a faster model).")
  private Integer widthMultiple;

  @Option(
      names = "--rates",
      paramLabel = "FILE",
      description = "Rate of every layer: {\"rates\": [0.1, ...]}; shifted to meet --sparsity.")
  private Path rates;

  @Option(
      names = "--plan",
      paramLabel = "FILE",
      description =
          "Units that every layer keeps, whatever --sparsity says: {\"layers\": [{\"queryHeads\": 8, \"neurons\": 1229}, ...]}, or the search-report.json of a searched model. Which ones stay is by Wanda-sp, and nothing is fitted: of a search that has another order or a fit, the model that it wrote is a better one.")
  private Path plan;

  @Option(
      names = "--calibration-text",
      paramLabel = "FILE",
      description =
          "Text that importance is measured on; wiki.*.raw is joined as WikiText is (default: generated stories, the demo's; a text like those that the model is for is better).")
  private Path calibrationText;

  @Option(
      names = "--calibration-windows",
      paramLabel = "N",
      converter = WindowCount.class,
      defaultValue = "" + SpecDefaults.CALIBRATION_WINDOWS,
      description = "Windows of it, or 'all' (default: ${DEFAULT-VALUE}).")
  private Integer calibrationWindows;

  @Option(
      names = "--calibration-sequence-length",
      paramLabel = "T",
      description = "Tokens in a window (default: 2048, or the model's context if shorter).")
  private Integer calibrationSequenceLength;

  @Option(names = "--no-bos", description = "Leave out the tokenizer's begin-of-sequence token.")
  private boolean withoutBeginOfSequence;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "COMPACT",
      description =
          "compact (default): smaller tensors; padded: the dense shape with zeros, which every program that loads the model loads.")
  private ModelFormat format;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nWhat computes:%n")
  private ComputeFlags compute = new ComputeFlags();

  PruneCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (plan == null && rates == null && sparsity == null) {
      throw new UserError("say what to remove: give --sparsity, --rates or --plan");
    }
    if (plan != null && rates != null) {
      throw new UserError("--rates and --plan exclude each other: give one of them");
    }
    if (plan != null && widthMultiple != null) {
      throw new UserError("--plan says every width: leave --width-multiple out");
    }
    Path text = calibrationText();
    Path target = InputFiles.newDirectory("--out", out);
    try (LocalModel local = LocalModel.open(InputFiles.modelDirectory("--model", model))) {
      requireWritable(local); // refuses what can be refused before anything is computed
      plan(local.prunable());
      noteOtherMethod();
      LocalModel.Text input =
          local.read(
              new TextWindows(
                  text.toString(),
                  local.sequenceLength(Given.number(calibrationSequenceLength)),
                  0,
                  calibrationWindows,
                  !withoutBeginOfSequence));
      UnitOrder order = order(local, input);
      PrunableModel prunable = order.prunable(local.directory().config());
      PruningPlan kept = plan(prunable);
      noteOtherSparsity(prunable.removedShare(kept));
      long after = PrunedModelWriter.write(local.directory(), order, kept, format, target);
      PruneReport report =
          new PruneReport(
              local.directory().parameters(),
              after,
              1.0 - prunable.removedShare(kept),
              kept,
              format,
              target.toString());
      console.result(json ? report.json() : report.text());
    }
    return ExitCodes.OK;
  }

  private Path calibrationText() throws IOException {
    if (calibrationText != null) {
      return InputFiles.readable("--calibration-text", calibrationText);
    }
    console.note("calibrating on generated stories: --calibration-text names a text of your own");
    return DemoModel.unpack(Home.open(Home.defaultFolder()).demo()).searchText();
  }

  private UnitOrder order(LocalModel local, LocalModel.Text input) throws IOException {
    ComputeOptions options = compute.options();
    Placement placement = options.first();
    try (PercentDisplay display = new PercentDisplay(console, "calibrating");
        TorchThreads threads = options.threads(placement);
        LoadedModel loaded = local.load(options)) {
      BadInput.requireKnown(loaded, input);
      Importance importance =
          new Calibrator(threads, placement.memory())
              .calibrate(
                  loaded,
                  input.windows(),
                  options.windowsPerChunk(input.windows().sequenceLength()),
                  display::show);
      return importance.order();
    }
  }

  private void requireWritable(LocalModel local) {
    ModelFormat unused =
        BadInput.refused(
            () -> {
              PrunedModelWriter.requireWritable(local.directory(), format);
              return format;
            });
  }

  private PruningPlan plan(PrunableModel prunable) {
    return BadInput.refused(
        () -> {
          if (plan != null) {
            PruningPlan given = PlanFile.read(plan).plan();
            prunable.parameters(given);
            return given;
          }
          int multiple = widthMultiple == null ? 1 : widthMultiple;
          if (rates == null) {
            return new Budget(prunable, sparsity, multiple).uniform();
          }
          LayerRates given = Json.read(InputFiles.readable("--rates", rates), LayerRates.class);
          requireOneRateALayer(given, prunable);
          double share = sparsity == null ? share(given, prunable) : sparsity;
          return new Budget(prunable, share, multiple).plan(given);
        });
  }

  private void noteOtherMethod() {
    if (plan == null) {
      return;
    }
    List<String> beyond = PlanFile.read(plan).beyondSlices();
    if (!beyond.isEmpty()) {
      console.note(
          "warning: the plan was found with %s, which prune has not: its units are those that Wanda-sp keeps, weights as they were, and the model is another than the search's"
              .formatted(String.join(" and ", beyond)));
    }
  }

  private void noteOtherSparsity(double removed) {
    if (plan != null && sparsity != null && Math.abs(sparsity - removed) >= 0.0005) {
      console.note(
          String.format(
              Locale.ROOT,
              "the plan removes %.2f %% of the block parameters; it takes the place of --sparsity %s",
              100 * removed,
              sparsity));
    }
  }

  private void requireOneRateALayer(LayerRates given, PrunableModel prunable) {
    if (given.rates().size() != prunable.layers().size()) {
      throw new UserError(
          "%s has %d rates, the model has %d layers"
              .formatted(rates, given.rates().size(), prunable.layers().size()));
    }
  }

  /** Share of all block parameters that the rates remove together. */
  private static double share(LayerRates rates, PrunableModel prunable) {
    double removed = 0;
    for (int i = 0; i < prunable.layers().size(); i++) {
      removed += rates.rates().get(i) * prunable.layers().get(i).parameters();
    }
    return removed / prunable.blockParameters();
  }
}
