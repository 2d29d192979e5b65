package dev.selfpruner.llm.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.llm.testing.Models;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuiltInOperatorsTest {
  private static final long SEED = 7;

  @ParameterizedTest
  @CsvSource({
    "INITIALISE, 10, 0.3", "INITIALISE, 30, 0.05", "INITIALISE, 4, 0.9",
    "MUTATE, 10, 0.3", "MUTATE, 30, 0.05", "MUTATE, 4, 0.9",
    "CROSS_OVER, 10, 0.3", "CROSS_OVER, 30, 0.05", "CROSS_OVER, 4, 0.9"
  })
  void candidatesAreOnTheBudgetAndNoneRepeatsAPlan(Operator operator, int layers, double sparsity) {
    Budget budget = new Budget(Models.small(layers), sparsity);
    List<Individual> population =
        operator == Operator.INITIALISE ? List.of() : population(budget, 8);
    ProposalTask task = new ProposalTask(3, operator, 10, SEED, budget, population);

    List<Candidate> candidates = fill(task);

    Set<String> plans = new HashSet<>();
    population.forEach(individual -> plans.add(individual.candidate().plan().digest()));
    double halfANeuron = 0.5 * budget.model().layers().get(0).neuronParameters();
    for (Candidate candidate : candidates) {
      assertThat(plans.add(candidate.plan().digest())).as(candidate.id()).isTrue();
      assertThat(candidate.rates().mean()).isCloseTo(sparsity, within(1e-9));
      assertThat(
              budget.model().blockParameters()
                  - (double) budget.model().parameters(candidate.plan()))
          .isCloseTo(budget.parametersToRemove(), within(halfANeuron));
    }
    assertThat(candidates).hasSize(10);
  }

  @Test
  void theSameSeedGivesTheSameCandidatesAndAnotherSeedGivesOthers() {
    Budget budget = new Budget(Models.small(10), 0.3);
    List<Individual> population = population(budget, 6);
    for (Operator operator : List.of(Operator.INITIALISE, Operator.MUTATE, Operator.CROSS_OVER)) {
      ProposalTask task = new ProposalTask(1, operator, 5, SEED, budget, population);
      ProposalTask reseeded = new ProposalTask(1, operator, 5, SEED + 1, budget, population);
      ProposalTask later = new ProposalTask(2, operator, 5, SEED, budget, population);

      assertThat(fill(task)).isEqualTo(fill(task));
      assertThat(rates(fill(task))).isNotEqualTo(rates(fill(reseeded)));
      assertThat(rates(fill(task))).isNotEqualTo(rates(fill(later)));
    }
  }

  @Test
  void theFirstPopulationBeginsWithTheUniformVectorAndVariesFromThere() {
    Budget budget = new Budget(Models.small(10), 0.3);

    List<Candidate> candidates =
        fill(new ProposalTask(0, Operator.INITIALISE, 30, SEED, budget, List.of()));

    assertThat(candidates.get(0).plan()).isEqualTo(budget.uniform());
    assertThat(candidates.get(0).lineage())
        .isEqualTo(new Lineage(0, Operator.INITIALISE, "built-in", List.of()));
    assertThat(candidates).extracting(Candidate::id).startsWith("i00-initialise-00");
    assertThat(candidates.subList(1, 30))
        .allSatisfy(candidate -> assertThat(spread(candidate)).isGreaterThan(0.05));
    long protectingTheFirstLayer =
        candidates.stream()
            .filter(candidate -> candidate.rates().rates().get(0) < candidate.rates().mean())
            .count();
    assertThat(protectingTheFirstLayer).isGreaterThan(15);
  }

  @Test
  void offspringNameTheirParents() {
    Budget budget = new Budget(Models.small(10), 0.3);
    List<Individual> population = population(budget, 6);
    List<String> ids = population.stream().map(one -> one.candidate().id()).toList();

    List<Candidate> mutants =
        fill(new ProposalTask(3, Operator.MUTATE, 4, SEED, budget, population));
    List<Candidate> children =
        fill(new ProposalTask(3, Operator.CROSS_OVER, 4, SEED, budget, population));

    assertThat(mutants)
        .extracting(Candidate::id)
        .containsExactly("i03-mutate-00", "i03-mutate-01", "i03-mutate-02", "i03-mutate-03");
    assertThat(mutants)
        .allSatisfy(mutant -> assertThat(mutant.lineage().parents()).hasSize(1).isSubsetOf(ids));
    assertThat(children)
        .allSatisfy(
            child ->
                assertThat(child.lineage().parents())
                    .hasSize(2)
                    .doesNotHaveDuplicates()
                    .isSubsetOf(ids));
    assertThat(children).extracting(Candidate::id).first().isEqualTo("i03-cross-over-00");
  }

  @Test
  void aModelOfOneLayerHasOnlyTheUniformPlan() {
    Budget budget = new Budget(Models.small(1), 0.3);

    assertThat(fill(new ProposalTask(0, Operator.INITIALISE, 5, SEED, budget, List.of())))
        .hasSize(1);
    assertThat(fill(new ProposalTask(1, Operator.MUTATE, 5, SEED, budget, population(budget, 1))))
        .isEmpty();
  }

  private static List<Candidate> fill(ProposalTask task) {
    CandidatePool pool = new CandidatePool(task);
    BuiltInOperators.fill(pool, task, BuiltInOperators.SOURCE);
    return pool.candidates();
  }

  private static List<Individual> population(Budget budget, int size) {
    List<Individual> individuals = new ArrayList<>();
    for (Candidate candidate :
        fill(new ProposalTask(0, Operator.INITIALISE, size, 99, budget, List.of()))) {
      individuals.add(new Individual(candidate, 20.0 + individuals.size()));
    }
    return individuals;
  }

  private static List<LayerRates> rates(List<Candidate> candidates) {
    return candidates.stream().map(Candidate::rates).toList();
  }

  private static double spread(Candidate candidate) {
    List<Double> sorted = candidate.rates().rates().stream().sorted().toList();
    return sorted.get(sorted.size() - 1) - sorted.get(0);
  }
}
