package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.report.DryRunReport;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code search}: finds the rates of a model's layers by evolution and prunes it by the best. */
@Command(
    name = "search",
    sortOptions = false,
    header = "Search for the pruning rate of every layer, and prune a model by the best.",
    description =
        "The same command goes on with a search that was interrupted, and shows the result of one that is finished.")
final class SearchCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec command;

  @ArgGroup(exclusive = false, heading = "%nWhat is searched:%n", order = -6)
  private SearchOptions search = new SearchOptions();

  @Mixin private OutcomeOptions outcome = new OutcomeOptions();

  @Mixin private RunOptions run = new RunOptions();

  @Option(
      names = "--no-workers",
      description =
          "Start and watch only: workers run elsewhere, and paths are those that they see (needs --temporal-address).")
  private boolean withoutWorkers;

  @Option(
      names = "--replay",
      paramLabel = "RUN",
      description =
          "Search once more what RUN has searched, with its LLM's recorded answers, so that no LLM is asked: a workflow's id (search-0123456789abcdef), a key, or the directory of a model.")
  private String replay;

  @Option(
      names = "--dry-run",
      description =
          "Only say what the search would take: evaluations, tokens, the LLM's cost, and time, from a short benchmark. Asks no LLM.")
  private boolean dryRun;

  SearchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (withoutWorkers && !run.temporal().isRemote(System.getenv())) {
      throw new UserError("--no-workers needs the server that the workers use: --temporal-address");
    }
    if (dryRun && replay != null) {
      throw new UserError(
          "--dry-run says what a search takes, and --replay takes no LLM and finds its evaluations in the store: leave one of them out");
    }
    if (dryRun) {
      return dryRun();
    }
    try (SpecChecks checks =
        withoutWorkers ? new RemoteChecks() : new LocalChecks(run.gpu()::deviceName)) {
      SearchSpec spec = replay == null ? search.spec(checks) : replayed(checks);
      search.notes().forEach(console::note);
      Home home = Home.open(Home.defaultFolder());
      SearchSession session =
          withoutWorkers
              ? SearchSession.withoutWorkers(console, home, run, outcome)
              : SearchSession.withWorkers(console, home, run, outcome);
      session.run(spec, search.ownPrompts(), checks);
    }
    return ExitCodes.OK;
  }

  private SearchSpec replayed(SpecChecks checks) throws IOException {
    List<String> searched =
        Given.of(command, new SearchOptions()).stream()
            .filter(option -> !option.equals("--format"))
            .toList();
    if (!searched.isEmpty()) {
      throw new UserError(
          "--replay searches what was searched before, and may write it in another --format: leave out "
              + String.join(", ", searched));
    }
    StoreLocation location = run.store().location(new Home(Home.defaultFolder().toAbsolutePath()));
    try (ArtifactStore store = RunName.existing(location)) {
      return Replay.of(RunName.parse(replay).find(store), checks, search::inItsFormat);
    }
  }

  private int dryRun() {
    if (withoutWorkers) {
      throw new UserError(
          "--dry-run reads the texts and runs the model, which with --no-workers are elsewhere: run it where a GPU worker runs, without --no-workers");
    }
    try (LocalChecks checks = new LocalChecks(run.gpu()::deviceName)) {
      SearchSpec spec = search.spec(checks);
      search.notes().forEach(console::note);
      SearchNotes.of(spec).forEach(console::note);
      DryRunReport report = new DryRun(console, checks.model(), run.gpu().compute()).of(spec);
      console.result(run.json() ? report.json() : report.text());
    }
    return ExitCodes.OK;
  }
}
