package dev.selfpruner.activities.search;

/**
 * Sizes of the evolutionary search (Self-Pruner, Algorithm 1).
 *
 * @param population K: candidates in the first population, and survivors of each iteration
 * @param iterations N: iterations after the first population
 * @param mutations M: offspring by mutation, each iteration
 * @param crossovers S: offspring by crossover, each iteration
 */
public record Evolution(int population, int iterations, int mutations, int crossovers) {
  /** The paper's sizes: 30 + 20 x (10 + 10) = 430 evaluations. */
  public static final Evolution PAPER = new Evolution(30, 20, 10, 10);

  /** What runs on a laptop in minutes: 12 + 10 x (4 + 4) = 92 evaluations. */
  public static final Evolution SMALL = new Evolution(12, 10, 4, 4);

  public Evolution {
    if (population < 2 || iterations < 0 || mutations < 0 || crossovers < 0) {
      throw new IllegalArgumentException(
          "a search has a population of at least 2 and no negative sizes: %d, %d, %d, %d"
              .formatted(population, iterations, mutations, crossovers));
    }
  }

  /** Evaluations that the whole search asks for, as far as they can be counted. */
  public int evaluations() {
    long all = population + iterations * ((long) mutations + crossovers);
    return (int) Math.min(all, Integer.MAX_VALUE);
  }
}
