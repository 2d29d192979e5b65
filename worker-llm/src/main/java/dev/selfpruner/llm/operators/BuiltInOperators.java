package dev.selfpruner.llm.operators;

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

  /**
   * Fills a pool with the task's operator until nothing is missing, or until new plans are so rare
   * that a model of this size has hardly any left.
   *
   * @param source what the candidates' lineage names as their generator
   */
  public static void fill(CandidatePool pool, ProposalTask task, String source) {
    SplittableRandom random = task.random();
    BuiltInOperator operator = operator(task);
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
