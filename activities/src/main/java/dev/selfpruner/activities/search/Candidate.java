package dev.selfpruner.activities.search;

import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PruningPlan;

/**
 * A vector of layer rates with the plan that it stands for on the budget.
 *
 * @param id unique within a search, the same for the same seed
 */
public record Candidate(String id, LayerRates rates, PruningPlan plan, Lineage lineage) {
  public Candidate {
    if (id.isBlank()) {
      throw new IllegalArgumentException("a candidate has an id");
    }
    if (rates.rates().size() != plan.layers().size()) {
      throw new IllegalArgumentException(
          "%d rates, but a plan of %d layers"
              .formatted(rates.rates().size(), plan.layers().size()));
    }
  }
}
