package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Stopping;

/** When a search ends before its last iteration. */
final class Stops {
  private Stops() {}

  /**
   * Why the next iteration is not begun; empty where it is.
   *
   * @param last the iteration before it
   * @param seconds since the workflow's first run began
   */
  static String reason(Stopping limits, PopulationSnapshot last, long seconds) {
    if (last.tokens() >= limits.tokens()) {
      return "the limit of %,d tokens".formatted(limits.tokens());
    }
    if (last.evaluated() >= limits.evaluations()) {
      return "the limit of %,d evaluations".formatted(limits.evaluations());
    }
    if (seconds >= limits.seconds()) {
      return "the limit of %,d seconds".formatted(limits.seconds());
    }
    if (last.unchanged() >= limits.patience()) {
      return "the same best for %,d iterations".formatted(last.unchanged());
    }
    return "";
  }
}
