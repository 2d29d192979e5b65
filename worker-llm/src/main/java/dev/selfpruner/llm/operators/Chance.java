package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.search.Individual;
import java.util.List;
import java.util.SplittableRandom;

/** Random choices that come out the same on every Java version and platform. */
final class Chance {
  private static final int SUMMANDS = 12;

  private Chance() {}

  /**
   * A number with mean 0 and variance 1, nearly normal: a sum of uniform numbers, because the
   * platform is free to change how it makes normal ones.
   */
  static double normal(SplittableRandom random) {
    double sum = 0;
    for (int i = 0; i < SUMMANDS; i++) {
      sum += random.nextDouble();
    }
    return sum - SUMMANDS / 2.0;
  }

  /** The best of {@code size} individuals drawn from a population that is sorted best first. */
  static Individual tournament(List<Individual> population, int size, SplittableRandom random) {
    int best = population.size() - 1;
    for (int i = 0; i < size; i++) {
      best = Math.min(best, random.nextInt(population.size()));
    }
    return population.get(best);
  }

  /** From 1 to {@code most}, small numbers more often: the lesser of two draws. */
  static int lesserOfTwo(int most, SplittableRandom random) {
    return 1 + Math.min(random.nextInt(most), random.nextInt(most));
  }

  static <T> T one(List<T> values, SplittableRandom random) {
    return values.get(random.nextInt(values.size()));
  }
}
