package dev.selfpruner.activities.plan;

import java.util.Collections;
import java.util.List;

/**
 * Share of each decoder layer's parameters to remove, in layer order; their mean is the target
 * sparsity (Self-Pruner, section 3.1).
 */
public record LayerRates(List<Double> rates) {
  public LayerRates {
    rates = List.copyOf(rates);
    if (rates.isEmpty()) {
      throw new IllegalArgumentException("a model has at least one decoder layer");
    }
    for (double rate : rates) {
      if (!(rate >= 0.0 && rate < 1.0)) { // also catches NaN
        throw new IllegalArgumentException("layer rate out of [0, 1): " + rate);
      }
    }
  }

  public static LayerRates uniform(int layers, double sparsity) {
    return new LayerRates(Collections.nCopies(layers, sparsity));
  }

  public double mean() {
    return rates.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
