package dev.selfpruner.infra.gc;

import dev.selfpruner.activities.artifact.GarbageCollector;
import java.time.Duration;
import java.time.Instant;

/**
 * What stays by policy, beside all that open workflows refer to.
 *
 * @param keep what was used within that time
 * @param keepLast how many of the runs used last, however long ago that was
 * @param evaluations whether old evaluations and calibrations go too; they are small, and whoever
 *     searches the same model again needs them
 * @param grace what was used within that time is left alone, whatever else is said
 */
public record Rules(Duration keep, int keepLast, boolean evaluations, Duration grace) {
  public Rules {
    if (keep.isNegative() || grace.isNegative() || keepLast < 0) {
      throw new IllegalArgumentException("times and numbers to keep are not negative");
    }
  }

  /** Whether nothing may write to the store meanwhile. */
  public boolean needsQuiet() {
    return grace.compareTo(GarbageCollector.GRACE) < 0;
  }

  Instant keptSince(Instant now) {
    return now.minus(keep);
  }
}
