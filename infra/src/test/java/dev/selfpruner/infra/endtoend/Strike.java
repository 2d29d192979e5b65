package dev.selfpruner.infra.endtoend;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * A fault as it happened.
 *
 * @param number of the fault in its run, from 1
 * @param how what it was exactly
 * @param ended evaluations before it
 * @param at when
 * @param length until what was broken was started or mended
 */
record Strike(int number, Fault fault, String how, long ended, Instant at, Duration length) {

  /**
   * From the fault to the next evaluation begun: time to notice it, to start what died, to try
   * again.
   *
   * @return none where no evaluation was begun after it, else one
   */
  List<Duration> resumed(Journal journal) {
    return journal.starts().stream()
        .filter(start -> start.isAfter(at))
        .map(start -> Duration.between(at, start))
        .limit(1)
        .toList();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%2d  %s  %-31s  %-38s  after %d evaluations, for %.1f s",
        number,
        at,
        fault,
        how,
        ended,
        length.toMillis() / 1e3);
  }
}
