package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Operator;
import java.util.SplittableRandom;

/** The operators that need no LLM. */
public final class BuiltInOperators {
  /** The source of candidates that no LLM was asked for. */
  public static final String SOURCE = "built-in";

  /**
   * A tiny model has few plans: after this many drafts a candidate, there may be no more of them.
   */
  private static final int ATTEMPTS_PER_CANDIDATE = 100;

  private BuiltInOperators() {}

  /** The source of candidates drawn at random. */
  public static final String RANDOM_SOURCE = "random";

  private static final String STAND_IN = SOURCE + " for ";

  /** The source of candidates that the built-in operator made in an LLM's place. */
  public static String standingInFor(String model) {
    return STAND_IN + model;
  }

  /** Whether candidates of a source were made in an LLM's place. */
  public static boolean isStandIn(String source) {
    return source.startsWith(STAND_IN);
  }

  /** As {@link #fill(CandidatePool, ProposalTask, String)}, for a generator that is no LLM. */
  public static void fill(CandidatePool pool, ProposalTask task, Generator generator) {
    if (generator instanceof Generator.Random) {
      fill(pool, task, RANDOM_SOURCE, new RandomRates(task.layers(), task.budget().sparsity()));
    } else {
      fill(pool, task, SOURCE);
    }
  }

  /**
   * Fills a pool with the task's operator until nothing is missing, or until new plans are so rare
   * that a model of this size has hardly any left.
   *
   * @param source what the candidates' lineage names as their generator
   */
  public static void fill(CandidatePool pool, ProposalTask task, String source) {
    fill(pool, task, source, operator(task));
  }

  private static void fill(
      CandidatePool pool, ProposalTask task, String source, BuiltInOperator operator) {
    SplittableRandom random = task.random();
    int attempts = ATTEMPTS_PER_CANDIDATE * Math.max(1, pool.missing());
    for (int i = 0; i < attempts && pool.missing() > 0; i++) {
      Draft draft = operator.draft(i, random);
      pool.offer(draft.rates(), source, draft.parents());
    }
  }

  private static BuiltInOperator operator(ProposalTask task) {
    Operator operator = task.operator();
    return switch (operator) {
      case BASELINE -> throw new IllegalArgumentException("baselines are not drawn");
      case INITIALISE -> new Initialise(task.layers(), task.budget().sparsity());
      case MUTATE -> new Mutate(task.population(), task.budget().sparsity());
      case CROSS_OVER -> new CrossOver(task.population());
    };
  }
}
