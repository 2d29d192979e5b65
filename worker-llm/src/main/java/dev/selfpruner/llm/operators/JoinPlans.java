package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Individual;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Joins the plans of two parents: each layer's units from one or the other. */
record JoinPlans(List<Individual> population) implements BuiltInOperator {
  private static final int TOURNAMENT = 3;

  @Override
  public Draft draft(int attempt, SplittableRandom random) {
    Individual first = Chance.tournament(population, TOURNAMENT, random);
    Individual second = Chance.one(population, random);
    List<LayerPlan> layers = new ArrayList<>();
    for (int i = 0; i < first.candidate().plan().layers().size(); i++) {
      Individual from = random.nextBoolean() ? first : second;
      layers.add(from.candidate().plan().layers().get(i));
    }
    return new Draft.OfUnits(
        new PruningPlan(layers), List.of(first.candidate().id(), second.candidate().id()));
  }
}
