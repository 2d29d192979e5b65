package dev.selfpruner.activities.search;

/**
 * A round of selection: what is left of an iteration's offspring is measured on some windows of the
 * search text, and the best go on (EvoPress, section 3.2). The last round measures the parents too.
 *
 * @param windows of the search text, drawn anew in each iteration
 * @param survivors that go on to the next round; in the last, the population that is kept
 */
public record Stage(int windows, int survivors) {
  public Stage {
    if (windows < 1 || survivors < 1) {
      throw new IllegalArgumentException(
          "a stage has windows and survivors, not %d and %d".formatted(windows, survivors));
    }
  }
}
