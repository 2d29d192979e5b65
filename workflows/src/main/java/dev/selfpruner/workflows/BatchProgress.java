package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Fitness;
import java.util.List;
import java.util.Optional;

/**
 * A finished batch of evaluations, as an iteration tells its search.
 *
 * @param evaluated candidates in the batch
 * @param alreadyKnown how many of them were found in the store
 * @param best lowest perplexity in the batch; positive infinity where it says nothing of the
 *     search's best
 * @param tokens that went through pruned models; null means 0
 */
public record BatchProgress(int evaluated, int alreadyKnown, double best, Long tokens) {
  public BatchProgress {
    tokens = Optional.ofNullable(tokens).orElse(0L);
  }

  static BatchProgress of(List<Fitness> batch) {
    return of(
        Totals.of(batch), batch.stream().mapToDouble(Fitness::perplexity).min().orElseThrow());
  }

  /** Of evaluations that aren't all on the same windows as the search's best. */
  static BatchProgress of(Totals batch) {
    return of(batch, Double.POSITIVE_INFINITY);
  }

  BatchProgress plus(BatchProgress other) {
    return new BatchProgress(
        evaluated + other.evaluated,
        alreadyKnown + other.alreadyKnown,
        Math.min(best, other.best),
        tokens + other.tokens);
  }

  private static BatchProgress of(Totals batch, double best) {
    return new BatchProgress(batch.evaluated(), batch.alreadyKnown(), best, batch.tokens());
  }
}
