package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.infra.embedded.CompareRun;
import dev.selfpruner.infra.embedded.FinishedRuns;
import dev.selfpruner.infra.report.CompareChart;
import dev.selfpruner.infra.report.CompareLine;
import dev.selfpruner.infra.report.CompareReport;
import dev.selfpruner.llm.prompt.PromptSet;
import dev.selfpruner.workflows.CompareResult;
import dev.selfpruner.workflows.CompareSpec;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Runs a comparison to its end, and shows what it came to.
 *
 * @param picture where a picture of it goes, if anywhere
 */
record CompareSession(Session session, Optional<Path> picture) {

  /**
   * Runs a comparison, or goes on with it.
   *
   * @param prompts of the user's own that its searches ask with
   * @throws IllegalStateException if every search failed, once that is shown
   */
  void run(CompareSpec spec, List<PromptSet> prompts) throws IOException, InterruptedException {
    session.withStore(
        store -> {
          OwnPrompts.keep(prompts, store);
          spec.searches().stream()
              .flatMap(search -> SearchNotes.of(search).stream())
              .distinct()
              .forEach(session.console()::note);
          checkTexts(spec, new FinishedRuns(store));
          CompareReport report = new CompareReport(spec, compare(spec, store));
          if (picture.isPresent()) {
            Files.writeString(picture.get(), CompareChart.svg(report));
          }
          session.console().result(session.options().json() ? report.json() : report.text());
          if (report.isAllFailed()) {
            throw new IllegalStateException("every search failed");
          }
        });
  }

  private CompareResult compare(CompareSpec spec, ArtifactStore store)
      throws IOException, InterruptedException {
    return session.withServer(
        store,
        running -> {
          CompareRun run = new CompareRun(running.client(), spec);
          running.announce(spec.workflowId());
          run.start(running.display()::note);
          return run.await(
              (progress, searches) -> running.display().show(CompareLine.of(progress, searches)),
              running.display()::note,
              running.requireWorkers());
        });
  }

  /** Checks each set of texts that some search has yet to begin with, once. */
  private void checkTexts(CompareSpec spec, FinishedRuns runs) throws IOException {
    Set<List<Object>> checked = new HashSet<>();
    for (SearchSpec search : spec.searches()) {
      List<TextWindows> texts =
          Stream.concat(
                  Stream.of(search.calibrationText(), search.searchText(), search.testText()),
                  search.method().stream().flatMap(method -> method.heldOut().stream()))
              .toList();
      if (!runs.hasBegun(search) && checked.add(List.of(search.model(), texts))) {
        try (LocalChecks checks = new LocalChecks(session.options().gpu()::deviceName)) {
          String unused = checks.model(search.model());
          checks.checkTexts(search);
        }
      }
    }
  }
}
