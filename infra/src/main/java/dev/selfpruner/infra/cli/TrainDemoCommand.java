package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.Json;
import dev.selfpruner.gpu.train.DemoModelTrainer;
import dev.selfpruner.gpu.train.DemoTrainingOptions;
import dev.selfpruner.gpu.train.DemoTrainingResult;
import dev.selfpruner.gpu.train.ProgressListener;
import dev.selfpruner.infra.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code train-demo}: makes the demo model, from nothing. */
@Command(
    name = "train-demo",
    sortOptions = false,
    header = "Train the demo model from nothing, as the one that comes with the program was.",
    description =
        "Tells stories, learns a tokenizer from them, and trains a small decoder on them; takes about ten minutes on two cores.")
final class TrainDemoCommand implements Callable<Integer> {
  private static final int STEPS_BETWEEN_LINES = 50;

  private final Console console;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where the model goes: a directory that is not there yet.")
  private Path out;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  TrainDemoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Path target = InputFiles.newDirectory("--out", out);
    DemoTrainingResult result =
        DemoModelTrainer.train(DemoTrainingOptions.shipped(), target, this::show);
    console.result(
        json
            ? Json.write(result)
            : String.format(
                Locale.ROOT,
                "perplexity of held-out text %.2f, of its unigram model %.2f; %,d parameters, %.0f s%nmodel: %s",
                result.heldOutPerplexity(),
                result.unigramPerplexity(),
                result.parameters(),
                result.seconds(),
                target));
    return ExitCodes.OK;
  }

  private void show(ProgressListener.Progress progress) {
    if (progress.step() % STEPS_BETWEEN_LINES == 0 || progress.step() == progress.steps()) {
      console.note(
          String.format(
              Locale.ROOT,
              "step %d of %d, loss %.3f, %,.0f tokens per second",
              progress.step(),
              progress.steps(),
              progress.loss(),
              progress.tokensPerSecond()));
    }
  }
}
