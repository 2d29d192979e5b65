package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.plan.PlanBudget;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.SearchSpace;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * What is to be proposed.
 *
 * @param iteration the iteration that asks; 0 is the first population
 * @param operator what is to be done; never {@link Operator#BASELINE} or {@link Operator#PROBE},
 *     which leave nothing open
 * @param count candidates wanted
 * @param seed of the search
 * @param budget that every candidate meets
 * @param population the individuals to vary, best first; empty for {@link Operator#INITIALISE}, and
 *     where {@link Operator#INJECT} adds to the first
 * @param space what candidates differ in
 * @param sensitivity what the dense model's blocks cost: none where it wasn't measured, else one
 * @param neighbours what single steps from a base gave: one for {@link Operator#DESCEND}, or none
 *     where the base has no number; none for others
 */
public record ProposalTask(
    int iteration,
    Operator operator,
    int count,
    long seed,
    PlanBudget budget,
    List<Individual> population,
    SearchSpace space,
    List<Sensitivity> sensitivity,
    List<Readings> neighbours) {
  public ProposalTask {
    population = List.copyOf(population);
    sensitivity = List.copyOf(sensitivity);
    neighbours = List.copyOf(neighbours);
    if (operator == Operator.BASELINE) {
      throw new IllegalArgumentException("baselines are not proposed by an operator");
    }
    if (operator == Operator.PROBE) {
      throw new IllegalArgumentException("probes are not on the budget");
    }
    if (sensitivity.size() > 1 || neighbours.size() > (operator == Operator.DESCEND ? 1 : 0)) {
      throw new IllegalArgumentException(
          "%s with %d sensitivities, and with neighbours of %d candidates"
              .formatted(operator, sensitivity.size(), neighbours.size()));
    }
    sensitivity.forEach(each -> requireLayers(each.layers().size(), budget));
    neighbours.forEach(each -> requireLayers(each.layers().size(), budget));
    if (population.isEmpty() && operator != Operator.INITIALISE && operator != Operator.INJECT) {
      throw new IllegalArgumentException(operator + " without a population");
    }
    for (Individual individual : population) {
      if (individual.candidate().rates().rates().size() != budget.model().layers().size()) {
        throw new IllegalArgumentException(
            "candidate %s has %d rates, the model has %d layers"
                .formatted(
                    individual.candidate().id(),
                    individual.candidate().rates().rates().size(),
                    budget.model().layers().size()));
      }
    }
  }

  /** As published: one rate a layer, and nothing was measured before. */
  public ProposalTask(
      int iteration,
      Operator operator,
      int count,
      long seed,
      PlanBudget budget,
      List<Individual> population) {
    this(
        iteration,
        operator,
        count,
        seed,
        budget,
        population,
        SearchSpace.LAYERS,
        List.of(),
        List.of());
  }

  private static void requireLayers(int measured, PlanBudget budget) {
    if (measured != budget.model().layers().size()) {
      throw new IllegalArgumentException(
          "%d layers were measured, the model has %d"
              .formatted(measured, budget.model().layers().size()));
    }
  }

  /** Decoder layers of the model. */
  public int layers() {
    return budget.model().layers().size();
  }

  boolean inBlocks() {
    return space == SearchSpace.BLOCKS;
  }

  /** What an answer with one rate a layer comes to. */
  RatesToPlan ratesToPlan() {
    return inBlocks()
        ? new SplitRates(budget, sensitivity, population)
        : (given, projected) -> budget.plan(projected);
  }

  /** Id of the candidate that is proposed {@code index}-th, from 0: {@code i03-mutate-07}. */
  String id(int index) {
    String name = operator.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return "i%02d-%s-%02d".formatted(iteration, name, index);
  }

  /**
   * The task's own stream of random numbers: the same for the same seed, iteration and operator.
   */
  SplittableRandom random() {
    String digest = Digests.sha256("%d/%d/%s".formatted(seed, iteration, operator));
    return new SplittableRandom(Long.parseUnsignedLong(digest.substring(0, 16), 16));
  }
}
