package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.search.RunInputs;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.embedded.FinishedRuns;
import dev.selfpruner.infra.embedded.FinishedRuns.Finished;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.ModelExport;
import dev.selfpruner.infra.embedded.RunClaims;
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
   * @param checks of what is only looked at before a run begins, and of what was read before
   */
  void run(SearchSpec search, List<PromptSet> prompts, SpecChecks checks)
      throws IOException, InterruptedException {
    session.withStore(
        store -> {
          OwnPrompts.keep(prompts, store);
          SearchNotes.of(search).forEach(session.console()::note);
          run(search, checks, store);
        });
  }

  private void run(SearchSpec search, SpecChecks checks, ArtifactStore store)
      throws IOException, InterruptedException {
    Optional<Finished> last = new FinishedRuns(store).last(search);
    SearchSpec next =
        search.withRun(last.map(run -> run.spec().run() + (outcome.anew() ? 1 : 0)).orElse(1));
    SearchSpec wanted = ofThisModel(next, checks, store);
    boolean finished = last.isPresent() && last.get().spec().equals(wanted);
    Path output = output(wanted);
    ModelExport export = ModelExport.to(output, wanted.key());
    SearchResult result;
    if (finished) {
      session
          .console()
          .note(
              "This search is finished: this is its result (--new searches again, as run %d)."
                  .formatted(wanted.run() + 1));
      result = last.get().result();
    } else {
      export.requireReplaceable();
      if (!new FinishedRuns(store).hasBegun(wanted)) {
        checks.checkTexts(wanted);
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

  /** The first run, from {@code next} on, that is not of what the model was before. */
  private SearchSpec ofThisModel(SearchSpec next, SpecChecks checks, ArtifactStore store)
      throws IOException {
    RunClaims claims = new RunClaims(store);
    SearchSpec run = next;
    Optional<RunInputs> there = claims.of(run);
    while (there.isPresent()
        && !checks.modelSha256().map(there.get().modelSha256()::equals).orElse(true)) {
      run = run.withRun(run.run() + 1);
      there = claims.of(run);
    }
    if (run.run() != next.run()) {
      session
          .console()
          .note(
              "%s is not the model that it was in run %d of this search: this is run %d."
                  .formatted(run.model(), next.run(), run.run()));
    }
    return run;
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
