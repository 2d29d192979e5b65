package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.Allocation;
import dev.selfpruner.activities.plan.PlanBudget;
import java.util.SplittableRandom;

/**
 * The best combinations of moves from a base, as single steps of each block foretell them: with
 * moves of up to one step, up to two, and up to three. Farther moves promise more and are less
 * certain.
 *
 * @param inBlocks whether attention and MLP were measured apart
 * @param neighbours of the base
 */
record Descend(PlanBudget budget, boolean inBlocks, Readings neighbours)
    implements BuiltInOperator {
  private static final int LONGEST_REACH = 3;

  @Override
  public int attempts(int missing) {
    return LONGEST_REACH;
  }

  @Override
  public Draft draft(int attempt, SplittableRandom random) {
    int reach = attempt + 1;
    return inBlocks
        ? new Draft.OfUnits(
            new Allocation(budget).step(neighbours.base().plan(), neighbours.local(), reach),
            neighbours.base().lineage().parents())
        : new WholeLayers(budget.model(), neighbours).step(reach);
  }
}
