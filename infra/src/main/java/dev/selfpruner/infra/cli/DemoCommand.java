package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code demo}: a whole search on the model that comes with the program. */
@Command(
    name = "demo",
    sortOptions = false,
    header = "Prune the model that comes with the program, in half a minute or so.",
    description =
        "All that 'search' does, on a model and texts that need no download: 30 %% of the decoder blocks' parameters go. The same as 'search --demo'.")
final class DemoCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of all randomness (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "COMPACT",
      description =
          "Of the pruned model: compact (default): smaller tensors; padded: the dense shape with zeros.")
  private ModelFormat format;

  @Mixin private OutcomeOptions outcome = new OutcomeOptions();

  @Mixin private RunOptions run = new RunOptions();

  DemoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Home home = Home.open(Home.defaultFolder());
    try (SpecChecks checks = new LocalChecks(run.gpu()::deviceName)) {
      SearchSpec spec = SearchOptions.demo(seed, format).spec(checks);
      SearchSession.withWorkers(console, home, run, outcome).run(spec, List.of(), checks);
    }
    return ExitCodes.OK;
  }
}
