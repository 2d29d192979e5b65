package dev.selfpruner.llm.prompt;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.llm.operators.ProposalTask;
import dev.selfpruner.llm.testing.Models;
import java.util.List;

/** What prompts ask for in these tests: rates of four layers whose mean is 0.3. */
final class Tasks {
  private static final Budget BUDGET = new Budget(Models.small(4), 0.3);

  static final List<Individual> POPULATION =
      List.of(
          individual("a", 12.34567, 0.2, 0.3, 0.4, 0.3),
          individual("b", Double.POSITIVE_INFINITY, 0.6, 0.2, 0.2, 0.2));

  private Tasks() {}

  static ProposalTask initialise() {
    return new ProposalTask(0, Operator.INITIALISE, 12, 1, BUDGET, List.of());
  }

  static ProposalTask vary(Operator operator) {
    return new ProposalTask(2, operator, 3, 1, BUDGET, POPULATION);
  }

  static Individual individual(String id, double perplexity, Double... rates) {
    return individual(id, perplexity, Operator.MUTATE, List.of(), rates);
  }

  static Individual individual(
      String id, double perplexity, Operator operator, List<String> parents, Double... rates) {
    LayerRates layerRates = new LayerRates(List.of(rates));
    return new Individual(
        new Candidate(
            id, layerRates, BUDGET.plan(layerRates), new Lineage(1, operator, "test", parents)),
        perplexity);
  }
}
