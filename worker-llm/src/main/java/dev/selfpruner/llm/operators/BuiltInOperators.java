package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.PlanBudget;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Operator;
import java.util.List;
import java.util.SplittableRandom;

/** The operators that need no LLM. */
public final class BuiltInOperators {
  /** The source of candidates that no LLM was asked for. */
  public static final String SOURCE = "built-in";

  private BuiltInOperators() {}

  /** The source of candidates drawn at random. */
  public static final String RANDOM_SOURCE = "random";

  /** The source of candidates that persons gave. */
  public static final String INJECTED_SOURCE = "injected";

  private static final String STAND_IN = SOURCE + " for ";

  /** The source of candidates that the built-in operator made in an LLM's place. */
  public static String standingInFor(String model) {
    return STAND_IN + model;
  }

  /** Whether candidates of a source were made in an LLM's place. */
  public static boolean isStandIn(String source) {
    return source.startsWith(STAND_IN);
  }

  /**
   * How many candidates of a first population an LLM is asked for: half of them and no less, but
   * for the plan that was measured to be best and the uniform one; all where nothing was measured.
   */
  public static int shareOfLlm(ProposalTask task) {
    return task.operator() == Operator.INITIALISE
        ? shareOfLlm(task.count(), !task.sensitivity().isEmpty())
        : task.count();
  }

  /**
   * The same of a first population.
   *
   * @param measured whether the dense model's blocks are measured before
   */
  public static int shareOfLlm(int population, boolean measured) {
    if (!measured) {
      return population;
    }
    int half = (population + 1) / 2;
    return Math.max(Math.min(half, population - 2), population == 1 ? 0 : 1);
  }

  /** Fills what is not the LLM's share, before it is asked. */
  public static void begin(CandidatePool pool, ProposalTask task) {
    fill(pool, task, SOURCE, operator(task), shareOfLlm(task));
  }

  /** As {@link #fill(CandidatePool, ProposalTask, String)}, for a generator that is no LLM. */
  public static void fill(CandidatePool pool, ProposalTask task, Generator generator) {
    if (generator instanceof Generator.Random && isTheGenerators(task.operator())) {
      fill(pool, task, RANDOM_SOURCE, random(task), 0);
    } else {
      fill(pool, task, SOURCE);
    }
  }

  /** Whether an operator is the generator's part; the others are calculated, whoever generates. */
  public static boolean isTheGenerators(Operator operator) {
    return switch (operator) {
      case INITIALISE, MUTATE, CROSS_OVER -> true;
      case BASELINE, LEVEL_SWITCH, DESCEND, PROBE, INJECT -> false;
    };
  }

  /**
   * Fills a pool with the task's operator until nothing is missing, or until new plans are so rare
   * that a model of this size has hardly any left; a descent from a base without a number proposes
   * nothing.
   *
   * @param source what the candidates' lineage names as their generator
   */
  public static void fill(CandidatePool pool, ProposalTask task, String source) {
    if (task.operator() == Operator.DESCEND && task.neighbours().isEmpty()) {
      return;
    }
    fill(pool, task, source, operator(task), 0);
  }

  private static void fill(
      CandidatePool pool, ProposalTask task, String source, BuiltInOperator operator, int leave) {
    SplittableRandom random = task.random();
    int attempts = operator.attempts(pool.missing() - leave);
    for (int i = 0; i < attempts && pool.missing() > leave; i++) {
      CandidatePool.Outcome unused = pool.offer(operator.draft(i, random), source);
    }
  }

  private static BuiltInOperator random(ProposalTask task) {
    double sparsity = task.budget().sparsity();
    return task.inBlocks()
        ? new RandomBlocks(task.layers(), sparsity)
        : new RandomRates(task.layers(), sparsity);
  }

  private static BuiltInOperator operator(ProposalTask task) {
    PlanBudget budget = task.budget();
    List<Individual> population = task.population();
    boolean inBlocks = task.inBlocks();
    return switch (task.operator()) {
      case BASELINE, PROBE, INJECT ->
          throw new IllegalArgumentException("nothing of these is drawn");
      case INITIALISE -> initialise(task);
      case MUTATE ->
          inBlocks
              ? SwitchLevels.coarse(budget, population)
              : new Mutate(population, budget.sparsity());
      case CROSS_OVER -> inBlocks ? new JoinPlans(population) : new CrossOver(population);
      case LEVEL_SWITCH ->
          inBlocks ? SwitchLevels.fine(budget, population) : new ShiftRates(population);
      case DESCEND -> new Descend(budget, inBlocks, task.neighbours().get(0));
    };
  }

  private static BuiltInOperator initialise(ProposalTask task) {
    if (!task.sensitivity().isEmpty()) {
      return new InitialiseMeasured(
          task.budget(), task.inBlocks(), task.sensitivity().get(0), task.count());
    }
    return task.inBlocks()
        ? new InitialiseBlocks(task.budget())
        : new Initialise(task.layers(), task.budget().sparsity());
  }
}
