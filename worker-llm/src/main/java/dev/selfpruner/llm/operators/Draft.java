package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.BlockRates;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PruningPlan;
import java.util.ArrayList;
import java.util.List;

/** What an operator suggests, before it is brought onto the budget. */
sealed interface Draft {
  /** Rates are less than 1; what a layer can really lose is the budget's to say. */
  double HIGHEST = 0.9999;

  /** Ids of the individuals that it was made from. */
  List<String> parents();

  /** A rate for every layer. */
  record OfLayers(LayerRates rates, List<String> parents) implements Draft {}

  /** A rate for every layer's attention, and one for its MLP. */
  record OfBlocks(BlockRates rates, List<String> parents) implements Draft {}

  /** Units for every block. */
  record OfUnits(PruningPlan plan, List<String> parents) implements Draft {}

  /** Holds any finite numbers within the range of rates. */
  static Draft of(double[] values, List<String> parents) {
    return new OfLayers(new LayerRates(held(values)), parents);
  }

  /** Holds any finite numbers within the range of rates. */
  static Draft of(double[] attention, double[] mlp, List<String> parents) {
    return new OfBlocks(new BlockRates(held(attention), held(mlp)), parents);
  }

  private static List<Double> held(double[] values) {
    List<Double> rates = new ArrayList<>();
    for (double value : values) {
      rates.add(Math.max(0.0, Math.min(HIGHEST, value)));
    }
    return rates;
  }
}
