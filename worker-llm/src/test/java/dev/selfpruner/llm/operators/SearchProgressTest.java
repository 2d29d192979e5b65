package dev.selfpruner.llm.operators;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.llm.testing.Models;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SearchProgressTest {
  private static final int SEARCHES = 9;

  @Test
  void aSmallSearchGoesFarBeyondTheFirstPopulation() {
    Progress median = medianOf(Evolution.SMALL, 10, 0.3);
    assertThat(median.first()).isLessThan(0.85);
    assertThat(median.last()).isLessThan(0.55);
  }

  /** Best perplexity of the first and of the last population, as a share of uniform's. */
  private record Progress(double first, double last) {}

  private static Progress medianOf(Evolution evolution, int layers, double sparsity) {
    List<Progress> searches =
        LongStream.range(0, SEARCHES)
            .mapToObj(seed -> search(evolution, layers, sparsity, seed))
            .toList();
    return new Progress(
        median(searches.stream().map(Progress::first).toList()),
        median(searches.stream().map(Progress::last).toList()));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static Progress search(Evolution evolution, int layers, double sparsity, long seed) {
    PrunableModel model = Models.small(layers);
    Budget budget = new Budget(model, sparsity);
    Landscape landscape = Landscape.random(model, 1000 + seed);
    double uniform = landscape.perplexity(budget.uniform());
    List<Individual> population =
        survivors(
            evolution,
            landscape,
            List.of(),
            propose(
                new ProposalTask(
                    0, Operator.INITIALISE, evolution.population(), seed, budget, List.of())));
    double first = population.get(0).perplexity() / uniform;
    for (int i = 1; i <= evolution.iterations(); i++) {
      List<Candidate> offspring = new ArrayList<>();
      offspring.addAll(
          propose(
              new ProposalTask(
                  i, Operator.MUTATE, evolution.mutations(), seed, budget, population)));
      offspring.addAll(
          propose(
              new ProposalTask(
                  i, Operator.CROSS_OVER, evolution.crossovers(), seed, budget, population)));
      population = survivors(evolution, landscape, population, offspring);
    }
    return new Progress(first, population.get(0).perplexity() / uniform);
  }

  private static List<Candidate> propose(ProposalTask task) {
    CandidatePool pool = new CandidatePool(task);
    BuiltInOperators.fill(pool, task, BuiltInOperators.SOURCE);
    assertThat(pool.missing()).isZero();
    return pool.candidates();
  }

  private static List<Individual> survivors(
      Evolution evolution,
      Landscape landscape,
      List<Individual> parents,
      List<Candidate> offspring) {
    List<Individual> all = new ArrayList<>(parents);
    for (Candidate candidate : offspring) {
      all.add(new Individual(candidate, landscape.perplexity(candidate.plan())));
    }
    return new Population(0, all)
        .individuals()
        .subList(0, Math.min(all.size(), evolution.population()));
  }
}
