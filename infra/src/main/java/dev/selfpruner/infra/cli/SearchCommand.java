package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.worker.WorkerRole;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code search}: finds the rates of a model's layers by evolution and prunes it by the best. */
@Command(
    name = "search",
    sortOptions = false,
    description = {
      "Searches for the pruning rate of every layer by evolution, and prunes the model by the best",
      "rates found. The same command goes on with a search that was interrupted, and shows the",
      "result of one that is finished."
    })
final class SearchCommand implements Callable<Integer> {
  private final Console console;

  @ArgGroup(exclusive = false, heading = "%nWhat is searched:%n")
  private SearchOptions search = new SearchOptions();

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
    SearchSpec spec = checkedSpec();
    Home home = Home.open(Home.defaultFolder());
    if (withoutWorkers) {
      new SearchSession(console, home, run, EnumSet.noneOf(WorkerRole.class)).run(spec);
    } else {
      SearchSession.withAllWorkers(console, home, run).run(spec);
    }
    return ExitCodes.OK;
  }

  private SearchSpec checkedSpec() {
    if (withoutWorkers) {
      return search.spec(new RemoteChecks());
    }
    try (LocalChecks checks = new LocalChecks()) {
      return search.spec(checks);
    }
  }
}
