package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.Block;
import dev.selfpruner.activities.plan.LevelSwitch;
import dev.selfpruner.activities.plan.PlanBudget;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Individual;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Moves units of a good parent from some blocks to others, the budget staying met (EvoPress,
 * section 3): 1 to 3 times, seldom 3. An MLP is drawn more often than attention, which has fewer
 * levels to choose from.
 *
 * @param population best first
 * @param steps shares of an MLP's neurons that may move at once; attention moves by one unit, or by
 *     as many as come nearest
 * @param oneUnit whether attention moves by no more than one unit
 */
record SwitchLevels(
    PlanBudget budget, List<Individual> population, List<Double> steps, boolean oneUnit)
    implements BuiltInOperator {
  private static final List<Double> FINE = List.of(0.01, 0.02, 0.04);
  private static final List<Double> COARSE = List.of(0.05, 0.1, 0.2);
  private static final double MLP = 0.8;
  private static final int TOURNAMENT = 3;
  private static final int MOST_SWITCHES = 3;

  /** Draws of two blocks, of which one may have nothing to give and the other no room. */
  private static final int DRAWS = 20;

  /** The smallest switches. */
  static SwitchLevels fine(PlanBudget budget, List<Individual> population) {
    return new SwitchLevels(budget, population, FINE, true);
  }

  /** Larger ones, for a way out of where the smallest don't help. */
  static SwitchLevels coarse(PlanBudget budget, List<Individual> population) {
    return new SwitchLevels(budget, population, COARSE, false);
  }

  @Override
  public Draft draft(int attempt, SplittableRandom random) {
    Individual parent = Chance.tournament(population, TOURNAMENT, random);
    PruningPlan plan = parent.candidate().plan();
    int switches = Chance.lesserOfTwo(MOST_SWITCHES, random);
    for (int i = 0; i < switches; i++) {
      plan = switched(plan, random);
    }
    return new Draft.OfUnits(plan, List.of(parent.candidate().id()));
  }

  /** The plan as it is where no two blocks were found that could. */
  private PruningPlan switched(PruningPlan plan, SplittableRandom random) {
    LevelSwitch levelSwitch = new LevelSwitch(budget);
    for (int i = 0; i < DRAWS; i++) {
      Block gives = block(random);
      Block takes = block(random);
      var next = levelSwitch.move(plan, gives, takes, parameters(gives, takes, random));
      if (next.isPresent()) {
        return next.get();
      }
    }
    return plan;
  }

  private double parameters(Block gives, Block takes, SplittableRandom random) {
    double share = Chance.one(steps, random);
    boolean attention =
        gives.kind() == Block.Kind.ATTENTION || takes.kind() == Block.Kind.ATTENTION;
    if (attention && oneUnit) {
      return 1; // less than any unit has
    }
    int neurons = budget.model().layers().get(takes.layer()).neurons();
    return Math.max(1, Math.round(share * neurons)) * budget.model().neuronParameters();
  }

  private Block block(SplittableRandom random) {
    Block.Kind kind = random.nextDouble() < MLP ? Block.Kind.MLP : Block.Kind.ATTENTION;
    return new Block(random.nextInt(budget.model().layers().size()), kind);
  }
}
