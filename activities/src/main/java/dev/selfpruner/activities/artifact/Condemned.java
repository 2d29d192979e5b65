package dev.selfpruner.activities.artifact;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What {@code gc} is about to remove: an object of the store that writers look at before they count
 * on something old, and that keeps a second {@code gc} out.
 *
 * @param owner the run of {@code gc}
 * @param names {@link StoreLayout} names
 */
record Condemned(String owner, List<String> names) {
  /** Where it lies in a store. */
  static final String NAME = "condemned.json";

  /** A run of {@code gc} writes it anew at least this often, or stops. */
  static final Duration RENEWED = Duration.ofMinutes(10);

  /** Whoever wrote it is dead when it is this old: far more than {@link #RENEWED}. */
  static final Duration STALE = Duration.ofHours(1);

  Condemned {
    names = List.copyOf(names);
  }

  static boolean isStale(Instant written, Instant now) {
    return written.plus(STALE).isBefore(now);
  }
}
