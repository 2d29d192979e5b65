package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code search}: finds the rates of a model's layers by evolution and prunes it by the best. */
@Command(
    name = "search",
    sortOptions = false,
    header = "Search for the pruning rate of every layer, and prune a model by the best.",
    description =
        "The same command goes on with a search that was interrupted, and shows the result of one that is finished.")
final class SearchCommand implements Callable<Integer> {
  private final Console console;

  @ArgGroup(exclusive = false, heading = "%nWhat is searched:%n", order = -3)
  private SearchOptions search = new SearchOptions();

  @Mixin private OutcomeOptions outcome = new OutcomeOptions();

  @Mixin private RunOptions run = new RunOptions();

  @Option(
      names = "--no-workers",
      description =
          "Start and watch only: workers run elsewhere, and paths are those that they see (needs --temporal-address).")
  private boolean withoutWorkers;

  SearchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (withoutWorkers && !run.temporal().isRemote()) {
      throw new UserError("--no-workers needs the server that the workers use: --temporal-address");
    }
    try (SpecChecks checks = withoutWorkers ? new RemoteChecks() : new LocalChecks()) {
      SearchSpec spec = search.spec(checks);
      Home home = Home.open(Home.defaultFolder());
      SearchSession session =
          withoutWorkers
              ? SearchSession.withoutWorkers(console, home, run, outcome)
              : SearchSession.withWorkers(console, home, run, outcome);
      session.run(spec, checks::checkTexts);
    }
    return ExitCodes.OK;
  }
}
