package dev.selfpruner.activities.search;

/**
 * What an operator's offspring came to, since the search began.
 *
 * @param operator that made them
 * @param offspring evaluated, with those that the built-in operator made in an LLM's place: it was
 *     asked for them, too
 * @param survivors of their own iteration, without those: an LLM isn't paid for what it didn't make
 */
public record Credit(Operator operator, int offspring, int survivors) {
  public Credit {
    if (offspring < 0 || survivors < 0 || survivors > offspring) {
      throw new IllegalArgumentException(
          "%d survivors of %d offspring".formatted(survivors, offspring));
    }
  }
}
