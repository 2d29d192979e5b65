package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.search.Individual;
import java.util.List;

/**
 * What a population says of each layer: the correlation between its rate and how good the
 * individuals are, by rank, in [-1, 1]; positive where better individuals prune the layer more.
 */
final class Trend {
  /**
   * How much the trend is believed: a difference of 0.5 makes one direction four times as likely.
   */
  private static final double BELIEF = 0.6;

  /** Chance that a move goes against the trend, however clear that is: it may have been luck. */
  private static final double DOUBT = 0.05;

  private Trend() {}

  static double[] of(List<Individual> bestFirst) {
    int size = bestFirst.size();
    int layers = bestFirst.get(0).candidate().rates().rates().size();
    double[] trend = new double[layers];
    for (int layer = 0; layer < layers; layer++) {
      double mean = 0;
      for (Individual individual : bestFirst) {
        mean += individual.candidate().rates().rates().get(layer) / size;
      }
      double covariance = 0;
      double rateVariance = 0;
      double rankVariance = 0;
      for (int i = 0; i < size; i++) {
        double rate = bestFirst.get(i).candidate().rates().rates().get(layer) - mean;
        double goodness = (size - 1) / 2.0 - i;
        covariance += rate * goodness;
        rateVariance += rate * rate;
        rankVariance += goodness * goodness;
      }
      double scale = Math.sqrt(rateVariance * rankVariance);
      trend[layer] = scale > 0 ? covariance / scale : 0;
    }
    return trend;
  }

  /** Probability that the first of two layers takes, for a difference of trends in [-2, 2]. */
  static double confidence(double difference) {
    return Math.max(DOUBT, Math.min(1.0 - DOUBT, 0.5 + BELIEF * difference));
  }
}
