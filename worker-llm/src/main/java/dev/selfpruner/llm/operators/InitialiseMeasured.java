package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.Allocation;
import dev.selfpruner.activities.plan.Level;
import dev.selfpruner.activities.plan.PlanBudget;
import dev.selfpruner.activities.plan.Sensitivity;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What dynamic programming makes of the dense model's measured sensitivity; the uniform plan; and
 * what it would make of the sensitivity if some blocks were dearer and others cheaper than they
 * were measured, as they may well be once the others are pruned. Then what is suggested where
 * nothing was measured, for models so small that there is hardly another plan.
 *
 * @param inBlocks whether attention and MLP were measured apart
 * @param count candidates that the first population is to have
 */
record InitialiseMeasured(PlanBudget budget, boolean inBlocks, Sensitivity sensitivity, int count)
    implements BuiltInOperator {
  /** With fewer candidates there is nothing but the best that was measured. */
  private static final int WITH_UNIFORM = 3;

  /** Standard deviation of the logarithm of what a block's costs are multiplied by. */
  private static final List<Double> SPREADS = List.of(0.15, 0.3, 0.5);

  private static final int MEASURED_PER_CANDIDATE = 3;

  @Override
  public Draft draft(int attempt, SplittableRandom random) {
    if (attempt == 0) {
      return best(sensitivity);
    }
    if (attempt == 1 && count >= WITH_UNIFORM) {
      return unmeasured(0, random);
    }
    if (attempt <= MEASURED_PER_CANDIDATE * count) {
      return best(disturbed(SPREADS.get(attempt % SPREADS.size()), random));
    }
    return unmeasured(attempt - MEASURED_PER_CANDIDATE * count, random);
  }

  private Draft best(Sensitivity measured) {
    Allocation allocation = new Allocation(budget);
    return inBlocks
        ? new Draft.OfUnits(allocation.blocks(measured), List.of())
        : new Draft.OfLayers(allocation.rates(measured), List.of());
  }

  private Draft unmeasured(int attempt, SplittableRandom random) {
    if (inBlocks) {
      return new InitialiseBlocks(budget).draft(attempt, random);
    }
    int layers = budget.model().layers().size();
    return new Initialise(layers, budget.sparsity()).draft(attempt, random);
  }

  private Sensitivity disturbed(double spread, SplittableRandom random) {
    return new Sensitivity(
        sensitivity.layers().stream()
            .map(
                layer ->
                    new Sensitivity.Layer(
                        disturbed(layer.attention(), spread, random),
                        disturbed(layer.mlp(), spread, random),
                        disturbed(layer.whole(), spread, random)))
            .toList(),
        sensitivity.dense());
  }

  private List<Level> disturbed(List<Level> levels, double spread, SplittableRandom random) {
    double factor = StrictMath.exp(spread * Chance.normal(random));
    double dense = sensitivity.dense();
    return levels.stream()
        .map(level -> new Level(level.kept(), dense + factor * (level.loss() - dense)))
        .toList();
  }
}
