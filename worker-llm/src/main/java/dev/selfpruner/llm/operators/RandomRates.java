package dev.selfpruner.llm.operators;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Every rate by itself, evenly distributed between 0 and twice the sparsity (or, above one half, as
 * far below 1 as above): what a search without any knowledge begins with (Self-Pruner, Table 3).
 *
 * @param layers of the model
 * @param sparsity mean of the rates
 */
record RandomRates(int layers, double sparsity) implements BuiltInOperator {

  @Override
  public Draft draft(int attempt, SplittableRandom random) {
    return Draft.of(draw(random), List.of());
  }

  double[] draw(SplittableRandom random) {
    double reach = Math.min(sparsity, 1.0 - sparsity);
    double[] rates = new double[layers];
    for (int i = 0; i < layers; i++) {
      rates[i] = sparsity + reach * (2.0 * random.nextDouble() - 1.0);
    }
    return rates;
  }
}
