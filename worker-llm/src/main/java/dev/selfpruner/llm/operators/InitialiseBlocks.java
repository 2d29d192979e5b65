package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.PlanBudget;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The uniform plan, then {@link Initialise}'s profiles over depth, in which attention loses as
 * large a share as the MLP, half of it, none, or half as much again: heads tend to be dearer than
 * the parameters that they take, but no model has to follow that.
 */
record InitialiseBlocks(PlanBudget budget) implements BuiltInOperator {
  /** What attention loses, as a share of what the MLP does. */
  private static final List<Double> ATTENTION = List.of(0.5, 1.0, 0.0, 1.5);

  @Override
  public Draft draft(int attempt, SplittableRandom random) {
    if (attempt == 0) {
      return new Draft.OfUnits(budget.uniform(), List.of());
    }
    int layers = budget.model().layers().size();
    double[] mlp = new Initialise(layers, budget.sparsity()).draw(attempt, random);
    double[] attention = new double[layers];
    double share = ATTENTION.get((attempt - 1) % ATTENTION.size());
    for (int i = 0; i < layers; i++) {
      attention[i] = share * mlp[i];
    }
    return Draft.of(attention, mlp, List.of());
  }
}
