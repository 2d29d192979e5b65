package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Operator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * What is to be proposed.
 *
 * @param iteration the iteration that asks; 0 is the first population
 * @param operator what is to be done; never {@link Operator#BASELINE}, which leaves nothing open
 * @param count candidates wanted
 * @param seed of the search
 * @param budget that every candidate meets
 * @param population the individuals to vary, best first; empty for {@link Operator#INITIALISE}
 */
public record ProposalTask(
    int iteration,
    Operator operator,
    int count,
    long seed,
    Budget budget,
    List<Individual> population) {
  public ProposalTask {
    population = List.copyOf(population);
    if (operator == Operator.BASELINE) {
      throw new IllegalArgumentException("baselines are not proposed by an operator");
    }
    if (population.isEmpty() && operator != Operator.INITIALISE) {
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

  /** Decoder layers of the model. */
  public int layers() {
    return budget.model().layers().size();
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
