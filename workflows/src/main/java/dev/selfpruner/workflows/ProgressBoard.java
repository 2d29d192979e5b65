package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.workflows.SearchProgress.Phase;
import io.temporal.workflow.Workflow;
import java.util.List;
import java.util.Locale;

/** Keeps a search's progress, and shows it in Temporal's web interface. */
final class ProgressBoard {
  private SearchProgress progress;

  ProgressBoard(int evaluations) {
    progress = SearchProgress.start(evaluations);
  }

  SearchProgress progress() {
    return progress;
  }

  void enter(Phase phase) {
    show(progress.in(phase));
  }

  void expect(int evaluations) {
    show(progress.expecting(evaluations));
  }

  void at(int iteration, List<PopulationSnapshot> before, Totals done) {
    show(progress.at(iteration, before, done));
  }

  void after(BatchProgress batch) {
    show(progress.after(batch));
  }

  private void show(SearchProgress now) {
    progress = now;
    Workflow.setCurrentDetails(
        String.format(
            Locale.ROOT,
            "%s, iteration %d: %d of %d evaluated, best perplexity %.3f, %,d tokens, %,d LLM tokens",
            now.phase().name().toLowerCase(Locale.ROOT),
            now.iteration(),
            now.evaluated(),
            now.evaluations(),
            now.best(),
            now.tokens(),
            now.spending().tokens()));
  }
}
