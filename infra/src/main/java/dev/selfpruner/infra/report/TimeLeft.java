package dev.selfpruner.infra.report;

import dev.selfpruner.workflows.SearchProgress;
import dev.selfpruner.workflows.SearchProgress.Phase;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Estimates when a search's evaluations are done, from the pace that this process has seen: what
 * was done before a restart, or found in the store, says nothing about it.
 */
final class TimeLeft {
  private final LongSupplier nanoTime;
  private long began;
  private int measuredBefore = -1;

  TimeLeft(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Empty until the first evaluation that this process has seen end, and outside of the search. */
  Optional<Duration> after(SearchProgress progress) {
    if (progress.phase() != Phase.SEARCHING) {
      return Optional.empty();
    }
    int measured = progress.evaluated() - progress.alreadyKnown();
    if (measuredBefore < 0) {
      measuredBefore = measured;
      began = nanoTime.getAsLong();
    }
    int seen = measured - measuredBefore;
    if (seen == 0) {
      return Optional.empty();
    }
    long left = (long) progress.evaluations() - progress.evaluated();
    return Optional.of(Duration.ofNanos((nanoTime.getAsLong() - began) / seen * left));
  }
}
