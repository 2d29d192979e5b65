package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Lineage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The candidates of one proposal while it grows: each on the budget, none with the plan of another
 * or of an individual of the population that it varies.
 */
public final class CandidatePool {

  /** What became of rates that were offered. */
  public enum Outcome {
    ACCEPTED,
    /** Their plan is already in the pool. */
    DUPLICATE,
    /** Their plan is that of an individual of the population. */
    IN_POPULATION,
    /** No plan with these rates meets the budget. */
    OFF_BUDGET
  }

  private final ProposalTask task;
  private final List<Candidate> candidates = new ArrayList<>();
  private final Set<String> plans = new HashSet<>();
  private final Set<String> populationPlans = new HashSet<>();

  public CandidatePool(ProposalTask task) {
    this.task = task;
    for (Individual individual : task.population()) {
      populationPlans.add(individual.candidate().plan().digest());
    }
  }

  /**
   * Projects rates on the budget and keeps them as a candidate if their plan is new.
   *
   * @param source the generator that they are from
   * @param parents ids of the individuals that they were made from, as far as they are known
   */
  public Outcome offer(LayerRates rates, String source, List<String> parents) {
    LayerRates projected = task.budget().project(rates);
    PruningPlan plan;
    try {
      plan = task.budget().plan(projected);
    } catch (IllegalArgumentException e) { // whole heads leave too few neurons to make up the rest
      return Outcome.OFF_BUDGET;
    }
    String digest = plan.digest();
    if (populationPlans.contains(digest)) {
      return Outcome.IN_POPULATION;
    }
    if (!plans.add(digest)) {
      return Outcome.DUPLICATE;
    }
    Lineage lineage = new Lineage(task.iteration(), task.operator(), source, parents);
    candidates.add(new Candidate(task.id(candidates.size()), projected, plan, lineage));
    return Outcome.ACCEPTED;
  }

  /** Decoder layers of the model. */
  public int layers() {
    return task.layers();
  }

  /** Candidates that are still to be found. */
  public int missing() {
    return task.count() - candidates.size();
  }

  /** The candidates accepted so far, in order. */
  public List<Candidate> candidates() {
    return List.copyOf(candidates);
  }
}
