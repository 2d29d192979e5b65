package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.search.Individual;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Moves pruning from a few layers of a good parent to a few others. Which layers give and which
 * take is drawn with a preference for what the population has shown so far: a layer whose rate is
 * higher in better individuals takes.
 */
record Mutate(List<Individual> population, double sparsity) implements BuiltInOperator {
  /**
   * Rate that one layer gives to another, as a share of the sparsity; half as much to half as much
   * again.
   */
  private static final List<Double> STEPS = List.of(0.3, 0.6, 1.0);

  private static final int TOURNAMENT = 5;
  private static final int MOST_MOVES = 3;

  @Override
  public Draft draft(int attempt, SplittableRandom random) {
    Individual parent = Chance.tournament(population, TOURNAMENT, random);
    double[] rates = Vectors.of(parent);
    if (rates.length > 1) {
      double[] trend = Trend.of(population);
      double step = Chance.one(STEPS, random) * sparsity;
      int moves = 1 + random.nextInt(MOST_MOVES);
      for (int i = 0; i < moves; i++) {
        move(rates, trend, step * random.nextDouble(0.5, 1.5), random);
      }
    }
    return Draft.of(rates, List.of(parent.candidate().id()));
  }

  private static void move(double[] rates, double[] trend, double step, SplittableRandom random) {
    int one = random.nextInt(rates.length);
    int other = (one + 1 + random.nextInt(rates.length - 1)) % rates.length;
    boolean rising = random.nextDouble() < Trend.confidence(trend[one] - trend[other]);
    rates[rising ? one : other] += step;
    rates[rising ? other : one] -= step;
  }
}
