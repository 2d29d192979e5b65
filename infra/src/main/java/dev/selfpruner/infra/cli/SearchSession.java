package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.embedded.FinishedRuns;
import dev.selfpruner.infra.embedded.FinishedRuns.Finished;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.ModelExport;
import dev.selfpruner.infra.embedded.SearchRun;
import dev.selfpruner.infra.report.KeptUnitsChart;
import dev.selfpruner.infra.report.PrunedShape;
import dev.selfpruner.infra.report.SearchReport;
import dev.selfpruner.llm.prompt.PromptSet;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs a search to its end, or shows what it came to. */
record SearchSession(Session session, OutcomeOptions outcome) {

  static SearchSession withWorkers(
      Console console, Home home, RunOptions options, OutcomeOptions outcome) {
    return new SearchSession(new Session(console, home, options, true), outcome);
  }

  static SearchSession withoutWorkers(
      Console console, Home home, RunOptions options, OutcomeOptions outcome) {
    return new SearchSession(new Session(console, home, options, false), outcome);
  }

  /**
   * Runs a search, or goes on with it, or finds it finished.
   *
   * @param search its first run
   * @param prompts of the user's own that it asks with
   * @param checks of what is only looked at before a run begins
   */
  void run(SearchSpec search, List<PromptSet> prompts, Consumer<SearchSpec> checks)
      throws IOException, InterruptedException {
    session.withStore(
        store -> {
          OwnPrompts.keep(prompts, store);
          SameText.note(search).ifPresent(session.console()::note);
          run(search, checks, store);
        });
  }

  private void run(SearchSpec search, Consumer<SearchSpec> checks, ArtifactStore store)
      throws IOException, InterruptedException {
    Optional<Finished> last = new FinishedRuns(store).last(search);
    SearchSpec wanted =
        search.withRun(last.map(run -> run.spec().run() + (outcome.anew() ? 1 : 0)).orElse(1));
    Path output = output(wanted);
    ModelExport export = ModelExport.to(output, wanted.key());
    SearchResult result;
    if (last.isPresent() && !outcome.anew()) {
      session
          .console()
          .note(
              "This search is finished: this is its result (--new searches again, as run %d)."
                  .formatted(wanted.run() + 1));
      result = last.get().result();
    } else {
      export.requireReplaceable();
      if (!new FinishedRuns(store).hasBegun(wanted)) {
        checks.accept(wanted);
      }
      result = search(store, wanted);
    }
    PrunedShape shape = PrunedShape.read(store, result.model());
    SearchReport report = new SearchReport(wanted, result, output, List.of(shape));
    export.write(store, report);
    if (outcome.picture().isPresent()) {
      Files.writeString(outcome.picture().get(), KeptUnitsChart.svg(shape));
    }
    session.console().result(session.options().json() ? report.json() : report.text());
  }

  private SearchResult search(ArtifactStore store, SearchSpec spec)
      throws IOException, InterruptedException {
    return session.withServer(
        store,
        running -> {
          SearchRun run = new SearchRun(running.client(), spec);
          if (run.isRunning() || new FinishedRuns(store).hasBegun(spec)) {
            running.display().note("Going on where this search was interrupted.");
          }
          running.announce(spec.workflowId());
          run.start(running.display()::note);
          return run.await(
              running.display()::show, running.display()::note, running.requireWorkers());
        });
  }

  private Path output(SearchSpec wanted) {
    return outcome
        .out()
        .map(path -> path.toAbsolutePath().normalize())
        .orElse(session.home().models().resolve(wanted.workflowId()));
  }
}
