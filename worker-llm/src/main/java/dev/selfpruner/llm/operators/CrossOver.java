package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.search.Individual;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Joins two parents: each layer from one or the other, or a point on the line through both, which
 * may lie beyond the better one.
 */
record CrossOver(List<Individual> population) implements BuiltInOperator {
  private static final int TOURNAMENT = 3;

  /** How far beyond the better parent a point may lie, in distances between the parents. */
  private static final double BEYOND = 0.8;

  @Override
  public Draft draft(int attempt, SplittableRandom random) {
    Individual first = Chance.tournament(population, TOURNAMENT, random);
    Individual second = Chance.tournament(population, TOURNAMENT, random);
    boolean inOrder = population.indexOf(first) <= population.indexOf(second);
    Individual better = inOrder ? first : second;
    Individual worse = inOrder ? second : first;
    double[] rates =
        random.nextBoolean()
            ? chosen(Vectors.of(better), Vectors.of(worse), random)
            : blended(Vectors.of(better), Vectors.of(worse), random);
    return Draft.of(rates, List.of(better.candidate().id(), worse.candidate().id()));
  }

  private static double[] chosen(double[] better, double[] worse, SplittableRandom random) {
    double[] rates = new double[better.length];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = random.nextBoolean() ? better[i] : worse[i];
    }
    return rates;
  }

  private static double[] blended(double[] better, double[] worse, SplittableRandom random) {
    double share = random.nextDouble(0.5, 1.0 + BEYOND);
    double[] rates = new double[better.length];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = worse[i] + share * (better[i] - worse[i]);
    }
    return rates;
  }
}
