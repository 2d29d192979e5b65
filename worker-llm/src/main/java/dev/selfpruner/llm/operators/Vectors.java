package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.search.Individual;

/** Rates as plain numbers to calculate with. */
final class Vectors {
  private Vectors() {}

  static double[] of(Individual individual) {
    return individual.candidate().rates().rates().stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }
}
