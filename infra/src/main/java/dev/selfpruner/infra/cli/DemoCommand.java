package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.demo.DemoFiles;
import dev.selfpruner.infra.demo.DemoModel;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
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
        "All that 'search' does, on a model and texts that need no download: 30 %% of the decoder blocks' parameters go.")
final class DemoCommand implements Callable<Integer> {
  private static final double SPARSITY = 0.3;
  private static final int CALIBRATION_WINDOWS = 32;
  private static final int SEARCH_WINDOWS = 16;
  private static final int TEST_WINDOWS = 64;

  private final Console console;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of all randomness (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private RunOptions run = new RunOptions();

  DemoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Home home = Home.open(Home.defaultFolder());
    SearchSpec spec = spec(DemoModel.unpack(home.demo()), seed);
    SearchSession.withWorkers(console, home, run).run(spec, ours -> {});
    return ExitCodes.OK;
  }

  private static SearchSpec spec(DemoFiles files, long seed) {
    String search = files.searchText().toString();
    return new SearchSpec(
        files.model().toString(),
        SPARSITY,
        1,
        Evolution.SMALL,
        new Generator.BuiltIn(),
        new Generator.BuiltIn(),
        LlmLimits.NONE,
        seed,
        windows(search, 0, CALIBRATION_WINDOWS),
        windows(search, CALIBRATION_WINDOWS, SEARCH_WINDOWS),
        windows(files.testText().toString(), 0, TEST_WINDOWS),
        new Objective.Perplexity(),
        false,
        1);
  }

  private static TextWindows windows(String path, int first, int count) {
    return new TextWindows(path, DemoModel.SEQUENCE_LENGTH, first, count, true);
  }
}
