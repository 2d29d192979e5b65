package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.Allocation;
import dev.selfpruner.activities.plan.BlockRates;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PlanBudget;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.Individual;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Shares each layer's rate out between its attention and its MLP: as that individual does whose
 * rate was taken over, else with the least loss that was measured for so many parameters of the
 * layer, or in equal shares where nothing was measured.
 *
 * @param sensitivity none or one
 * @param population whose rates may be taken over, best first
 */
record SplitRates(PlanBudget budget, List<Sensitivity> sensitivity, List<Individual> population)
    implements RatesToPlan {
  /** Prompts tell rates in three places at least. */
  private static final double TOLD = 0.0005 + 1e-9;

  @Override
  public PruningPlan plan(LayerRates given, LayerRates projected) {
    PruningPlan equal = budget.plan(new BlockRates(projected.rates(), projected.rates()));
    List<LayerPlan> layers = new ArrayList<>();
    for (int i = 0; i < projected.rates().size(); i++) {
      int layer = i;
      double rate = projected.rates().get(i);
      layers.add(
          takenOver(layer, given.rates().get(layer))
              .or(() -> cheapest(layer, rate))
              .orElse(equal.layers().get(layer)));
    }
    return budget.complete(new PruningPlan(layers));
  }

  private Optional<LayerPlan> takenOver(int layer, double rate) {
    return population.stream()
        .map(Individual::candidate)
        .filter(candidate -> Math.abs(candidate.rates().rates().get(layer) - rate) <= TOLD)
        .map(candidate -> candidate.plan().layers().get(layer))
        .findFirst();
  }

  /** The layer's best plan if it were the whole model. */
  private Optional<LayerPlan> cheapest(int index, double rate) {
    if (sensitivity.isEmpty()) {
      return Optional.empty();
    }
    PrunableLayer layer = budget.model().layers().get(index);
    if (rate * layer.parameters() < layer.neuronParameters()) {
      return Optional.of(layer.dense());
    }
    Sensitivity one =
        new Sensitivity(
            List.of(sensitivity.get(0).layers().get(index)), sensitivity.get(0).dense());
    try {
      Budget alone = new Budget(new PrunableModel(List.of(layer)), rate);
      return Optional.of(new Allocation(alone).blocks(one).layers().get(0));
    } catch (IllegalArgumentException e) { // units too coarse for just this number of parameters
      return Optional.empty();
    }
  }
}
