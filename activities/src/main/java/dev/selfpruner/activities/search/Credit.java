package dev.selfpruner.activities.search;

/**
 * What an operator's offspring came to, since the search began.
 *
 * @param operator that made them
 * @param offspring evaluated
 * @param survivors of their own iteration
 */
public record Credit(Operator operator, int offspring, int survivors) {
  public Credit {
    if (offspring < 0 || survivors < 0 || survivors > offspring) {
      throw new IllegalArgumentException(
          "%d survivors of %d offspring".formatted(survivors, offspring));
    }
  }
}
