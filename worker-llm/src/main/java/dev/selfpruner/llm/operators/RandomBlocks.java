package dev.selfpruner.llm.operators;

import java.util.List;
import java.util.SplittableRandom;

/**
 * {@link RandomRates} for every block by itself.
 *
 * @param layers of the model
 * @param sparsity mean of the rates
 */
record RandomBlocks(int layers, double sparsity) implements BuiltInOperator {

  @Override
  public Draft draft(int attempt, SplittableRandom random) {
    RandomRates rates = new RandomRates(layers, sparsity);
    return Draft.of(rates.draw(random), rates.draw(random), List.of());
  }
}
