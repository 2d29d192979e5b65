package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PruningPlan;

/** What one rate a layer comes to in units. */
interface RatesToPlan {

  /**
   * A plan on the budget.
   *
   * @param given rates as they were suggested
   * @param projected the same on the budget
   * @throws IllegalArgumentException if no plan with these rates meets the budget
   */
  PruningPlan plan(LayerRates given, LayerRates projected);
}
