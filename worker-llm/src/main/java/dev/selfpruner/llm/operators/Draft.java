package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.LayerRates;
import java.util.ArrayList;
import java.util.List;

/**
 * Rates that an operator suggests, before they are projected on the budget.
 *
 * @param parents ids of the individuals that they were made from
 */
record Draft(LayerRates rates, List<String> parents) {
  /** Rates are less than 1; what a layer can really lose is the budget's to say. */
  private static final double HIGHEST = 0.9999;

  /** Holds any finite numbers within the range of rates. */
  static Draft of(double[] values, List<String> parents) {
    List<Double> rates = new ArrayList<>();
    for (double value : values) {
      rates.add(Math.max(0.0, Math.min(HIGHEST, value)));
    }
    return new Draft(new LayerRates(rates), parents);
  }
}
