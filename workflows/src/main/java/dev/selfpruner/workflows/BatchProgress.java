package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Fitness;
import java.util.List;

/**
 * A finished batch of evaluations, as an iteration tells its search.
 *
 * @param evaluated candidates in the batch
 * @param alreadyKnown how many of them were found in the store
 * @param best lowest perplexity in the batch
 */
public record BatchProgress(int evaluated, int alreadyKnown, double best) {
  static BatchProgress of(List<Fitness> batch) {
    return new BatchProgress(
        batch.size(),
        (int) batch.stream().filter(Fitness::alreadyKnown).count(),
        batch.stream().mapToDouble(Fitness::perplexity).min().orElseThrow());
  }
}
