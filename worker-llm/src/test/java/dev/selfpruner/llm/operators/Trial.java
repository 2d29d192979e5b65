package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Probing;
import dev.selfpruner.activities.search.SearchSpace;
import java.util.Comparator;
import java.util.List;

/** A search that measures first, on a landscape instead of a model. */
record Trial(Budget budget, SearchSpace space, Landscape landscape, long seed) {
  static final Probing PROBING = new Probing(11, 8, 8, 0.06, 0);

  SingleBlocks blocks() {
    return new SingleBlocks(budget.model(), space, PROBING, budget.widthMultiple());
  }

  Sensitivity sensitivity() {
    return readings(blocks().ofDense(), SingleBlocks.DENSE).sensitivity();
  }

  Readings neighbours(Individual individual, int iteration, int descents) {
    return readings(blocks().around(individual, iteration, descents), SingleBlocks.BASE);
  }

  private Readings readings(List<Candidate> probes, String baseId) {
    List<Fitness> fitness =
        probes.stream()
            .map(probe -> new Fitness(probe.id(), landscape.perplexity(probe.plan()), false))
            .toList();
    return Readings.of(
        List.of(new Readings.Batch(new CandidateSet(probes), fitness)),
        baseId,
        budget.model(),
        space);
  }

  ProposalTask initialise(int count) {
    return new ProposalTask(
        0,
        Operator.INITIALISE,
        count,
        seed,
        budget,
        List.of(),
        space,
        List.of(sensitivity()),
        List.of());
  }

  /** A first population where nothing was measured. */
  ProposalTask initialiseUnmeasured(int count) {
    return new ProposalTask(
        0, Operator.INITIALISE, count, seed, budget, List.of(), space, List.of(), List.of());
  }

  ProposalTask vary(int iteration, Operator operator, int count, List<Individual> population) {
    return new ProposalTask(
        iteration, operator, count, seed, budget, population, space, List.of(), List.of());
  }

  ProposalTask descend(int iteration, int descents, List<Individual> population) {
    return new ProposalTask(
        iteration,
        Operator.DESCEND,
        3,
        seed,
        budget,
        population,
        space,
        List.of(),
        List.of(neighbours(population.get(0), iteration, descents)));
  }

  static List<Candidate> fill(ProposalTask task) {
    CandidatePool pool = new CandidatePool(task);
    BuiltInOperators.fill(pool, task, BuiltInOperators.SOURCE);
    return pool.candidates();
  }

  /** Best first. */
  List<Individual> measured(List<Candidate> candidates) {
    return candidates.stream()
        .map(each -> new Individual(each, landscape.perplexity(each.plan())))
        .sorted(Comparator.comparingDouble(Individual::perplexity))
        .toList();
  }
}
