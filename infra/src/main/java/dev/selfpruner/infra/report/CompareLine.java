package dev.selfpruner.infra.report;

import dev.selfpruner.workflows.CompareProgress;
import dev.selfpruner.workflows.CompareProgress.Running;
import dev.selfpruner.workflows.SearchProgress;
import java.util.Map;

/** A comparison's progress in one line. */
public final class CompareLine {
  private CompareLine() {}

  /**
   * The line.
   *
   * @param searches how far those are that are under way
   */
  public static String of(CompareProgress progress, Map<Running, SearchProgress> searches) {
    StringBuilder line =
        new StringBuilder(
            "%d of %d searches finished".formatted(progress.finished(), progress.searches()));
    if (progress.failed() > 0) {
      line.append(" (%d failed)".formatted(progress.failed()));
    }
    searches.forEach(
        (running, search) -> {
          line.append(
              ", %s/%d: %d/%d"
                  .formatted(
                      running.entry(), running.seed(), search.evaluated(), search.evaluations()));
          if (Double.isFinite(search.best())) {
            line.append(" best ").append(ProgressLine.perplexity(search.best()));
          }
        });
    return line.toString();
  }
}
