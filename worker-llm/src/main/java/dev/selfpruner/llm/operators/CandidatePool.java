package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PlanBudget;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Lineage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

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
  private final RatesToPlan ratesToPlan;
  private final List<Candidate> candidates = new ArrayList<>();
  private final Set<String> plans = new HashSet<>();
  private final Set<String> populationPlans = new HashSet<>();

  public CandidatePool(ProposalTask task) {
    this.task = task;
    this.ratesToPlan = task.ratesToPlan();
    for (Individual individual : task.population()) {
      populationPlans.add(individual.candidate().plan().digest());
    }
  }

  /**
   * Projects rates on the budget and keeps them as a candidate if their plan is new. Where blocks
   * are searched, what is kept of the rates is what their plan comes to.
   *
   * @param source the generator that they are from
   * @param parents ids of the individuals that they were made from, as far as they are known
   */
  public Outcome offer(LayerRates rates, String source, List<String> parents) {
    LayerRates projected = task.budget().project(rates);
    return offer(
        () -> {
          PruningPlan plan = ratesToPlan.plan(rates, projected);
          return new Planned(task.inBlocks() ? removed(plan) : projected, plan);
        },
        source,
        parents);
  }

  /** Brings a draft onto the budget and keeps it as a candidate if its plan is new. */
  Outcome offer(Draft draft, String source) {
    PlanBudget budget = task.budget();
    if (draft instanceof Draft.OfLayers layers) {
      return offer(layers.rates(), source, layers.parents());
    } else if (draft instanceof Draft.OfBlocks blocks) {
      return offer(() -> planned(budget.plan(blocks.rates())), source, blocks.parents());
    } else {
      Draft.OfUnits units = (Draft.OfUnits) draft;
      return offer(() -> planned(budget.complete(units.plan())), source, units.parents());
    }
  }

  /** As {@link #offer(LayerRates, String, List)}, for units that need not be on the budget. */
  public Outcome offer(PruningPlan units, String source) {
    return offer(new Draft.OfUnits(units, List.of()), source);
  }

  /** A plan and the rates that people are told of it. */
  private record Planned(LayerRates rates, PruningPlan plan) {}

  private Planned planned(PruningPlan plan) {
    return new Planned(removed(plan), plan);
  }

  private LayerRates removed(PruningPlan plan) {
    return Shares.removed(task.budget().model(), plan);
  }

  private Outcome offer(Supplier<Planned> suggestion, String source, List<String> parents) {
    Planned planned;
    try {
      planned = suggestion.get();
    } catch (IllegalArgumentException e) { // whole heads leave too few neurons to make up the rest
      return Outcome.OFF_BUDGET;
    }
    String digest = planned.plan().digest();
    if (populationPlans.contains(digest)) {
      return Outcome.IN_POPULATION;
    }
    if (!plans.add(digest)) {
      return Outcome.DUPLICATE;
    }
    Lineage lineage = new Lineage(task.iteration(), task.operator(), source, parents);
    candidates.add(
        new Candidate(task.id(candidates.size()), planned.rates(), planned.plan(), lineage));
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
