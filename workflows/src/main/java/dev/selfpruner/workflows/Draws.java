package dev.selfpruner.workflows;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.search.TextWindows;

/**
 * Which windows of the search text a measurement reads: a range of them, drawn anew for each
 * purpose, and the same for the same seed.
 *
 * @param text that is searched on
 * @param available windows that it has, from its first one on
 * @param seed of the search
 */
record Draws(TextWindows text, int available, long seed) {
  Draws {
    if (available < 1) {
      throw new IllegalArgumentException("no window to draw from %d".formatted(available));
    }
  }

  /** For the dense model's blocks. */
  TextWindows probing(int windows) {
    return draw(windows, 0, "probing");
  }

  /** For the neighbours of an iteration's best individual. */
  TextWindows descent(int iteration, int windows) {
    return draw(windows, iteration, "descent");
  }

  /**
   * For a round of an iteration's selection.
   *
   * @param round 0 for the first
   */
  TextWindows stage(int iteration, int round, int windows) {
    return draw(windows, iteration, "stage-" + round);
  }

  /** All windows where there are no more than wanted. */
  private TextWindows draw(int wanted, int iteration, String purpose) {
    int windows = Math.min(wanted, available);
    // 60 bits of a digest: what the remainder favours is less than one in 10^11
    String digest = Digests.sha256("%d/%d/%s".formatted(seed, iteration, purpose));
    long uniform = Long.parseLong(digest.substring(0, 15), 16);
    int first = text.firstWindow() + (int) (uniform % (available - windows + 1));
    return new TextWindows(
        text.path(), text.sequenceLength(), first, windows, text.beginOfSequence());
  }
}
