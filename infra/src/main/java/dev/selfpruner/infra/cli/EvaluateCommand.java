package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.evaluate.PerplexityEvaluator;
import dev.selfpruner.gpu.evaluate.WindowLosses;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.llama.Placement;
import dev.selfpruner.gpu.torch.TorchThreads;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.report.EvaluationReport;
import dev.selfpruner.infra.report.PercentDisplay;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code evaluate}: a model's perplexity on a text. */
@Command(
    name = "evaluate",
    sortOptions = false,
    header = "Measure a model's perplexity on a text; the model may be a pruned one.")
final class EvaluateCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "Model: a Hugging Face directory (config.json, safetensors, tokenizer.json).")
  private Path model;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      required = true,
      description = "Text in UTF-8; wiki.*.raw is joined as WikiText is, others are taken as is.")
  private Path text;

  @Option(
      names = "--sequence-length",
      paramLabel = "T",
      description = "Tokens in a window (default: 2048, or the model's context if shorter).")
  private Integer sequenceLength;

  @Option(
      names = "--windows",
      paramLabel = "N",
      converter = WindowCount.class,
      defaultValue = "all",
      description = "Windows to read, from the first on (default: ${DEFAULT-VALUE}).")
  private Integer windows;

  @Option(names = "--no-bos", description = "Leave out the tokenizer's begin-of-sequence token.")
  private boolean withoutBeginOfSequence;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nWhat computes:%n")
  private ComputeFlags compute = new ComputeFlags();

  EvaluateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path textFile = InputFiles.readable("--text", text);
    try (LocalModel local = LocalModel.open(InputFiles.modelDirectory("--model", model))) {
      TextWindows wanted =
          new TextWindows(
              textFile.toString(),
              local.sequenceLength(Given.number(sequenceLength)),
              0,
              windows,
              !withoutBeginOfSequence);
      EvaluationReport report = evaluate(local, wanted);
      console.result(json ? report.json() : report.text());
    }
    return ExitCodes.OK;
  }

  private EvaluationReport evaluate(LocalModel local, TextWindows wanted) {
    ComputeOptions options = compute.options();
    Placement placement = options.first();
    LocalModel.Text input = local.read(wanted);
    NumericType type = options.numericType();
    try (PercentDisplay display = new PercentDisplay(console, "evaluating");
        TorchThreads threads = options.threads(placement);
        LoadedModel loaded = local.load(options);
        PerplexityEvaluator evaluator =
            new PerplexityEvaluator(loaded, threads, placement.memory())) {
      BadInput.requireKnown(loaded, input);
      long began = System.nanoTime();
      WindowLosses losses =
          evaluator
              .evaluate(
                  List.of(loaded.dense()),
                  input.windows(),
                  options.windowsPerChunk(wanted.sequenceLength()),
                  display::show)
              .get(0);
      double seconds = (System.nanoTime() - began) / 1e9;
      return new EvaluationReport(
          losses.perplexity(),
          losses.nllPerWindow(),
          losses.tokens(),
          wanted.sequenceLength(),
          input.file().sha256(),
          input.file().protocol(),
          wanted.beginOfSequence() ? local.specialTokens().count() : 0,
          input.ids().count(),
          input.ids().sha256(),
          local.directory().parameters(),
          type.name().toLowerCase(Locale.ROOT),
          losses.tokens() / seconds);
    }
  }
}
