package dev.selfpruner.infra.worker;

import java.time.Duration;

/**
 * What the lives of a process that is started again and again say about the next.
 *
 * @param early how many in a row ended soon after their start
 * @param delay before the next start
 */
record Lives(int early, Duration delay) {
  static final Lives NONE = new Lives(0, Duration.ZERO);

  /** One that lives longer has read its options, found its servers and its device. */
  static final Duration SOON = Duration.ofSeconds(20);

  /** More than a server that is restarted takes, and few enough not to wait for minutes. */
  static final int HOPELESS = 5;

  /** A process that lived so long starts from a clean slate. */
  private static final Duration GOOD = Duration.ofMinutes(1);

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  Lives after(Duration life) {
    boolean first = delay.isZero() || life.compareTo(GOOD) >= 0;
    Duration doubled = delay.multipliedBy(2);
    return new Lives(
        life.compareTo(SOON) < 0 ? early + 1 : 0,
        first ? SHORTEST : doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST);
  }

  boolean areHopeless() {
    return early >= HOPELESS;
  }
}
