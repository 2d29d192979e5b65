package dev.selfpruner.llm.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.llm.testing.Models;
import dev.selfpruner.llm.testing.RandomModels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MeasuredOperatorsTest {
  private static final int ROUNDS = 8;

  @ParameterizedTest
  @CsvSource({
    "QUERY_HEAD, BLOCKS, 1",
    "QUERY_HEAD, BLOCKS, 16",
    "QUERY_HEAD, LAYERS, 16",
    "HEAD_OF_EVERY_GROUP, BLOCKS, 1",
    "HEAD_OF_EVERY_GROUP, BLOCKS, 16",
    "GROUP, BLOCKS, 1",
    "GROUP, BLOCKS, 16",
    "GROUP, LAYERS, 1"
  })
  void everyOperatorsCandidatesMeetTheBudgetToHalfANeuron(
      AttentionUnit unit, SearchSpace space, int widthMultiple) {
    Random random = new Random(31L * unit.name().length() + widthMultiple);
    for (int round = 0; round < ROUNDS; round++) {
      PrunableModel model = RandomModels.next(unit, random);
      Budget budget = new Budget(model, random.nextDouble(0.1, 0.6), widthMultiple);
      Trial trial = new Trial(budget, space, Landscape.random(model, round), round);

      List<Candidate> first = requireSound(trial.initialise(8), 8);
      requireSound(trial.initialiseUnmeasured(8), 8);
      List<Individual> population = trial.measured(first);
      List<Individual> uniform = trial.measured(Trial.fill(trial.initialiseUnmeasured(1)));
      for (Operator operator :
          List.of(Operator.LEVEL_SWITCH, Operator.MUTATE, Operator.CROSS_OVER)) {
        requireSound(trial.vary(1, operator, 6, population), 6);
      }
      requireSound(trial.descend(2, 3, population), 0);
      requireSound(trial.descend(2, 3, uniform), 1);
    }
  }

  /** Counted without the code under test. */
  private static List<Candidate> requireSound(ProposalTask task, int fewest) {
    List<Candidate> candidates = Trial.fill(task);
    Budget budget = (Budget) task.budget();
    PrunableModel model = budget.model();
    Set<String> plans = new HashSet<>();
    task.population().forEach(individual -> plans.add(individual.candidate().plan().digest()));
    for (Candidate candidate : candidates) {
      String what = "%s of %s in %s".formatted(candidate.id(), model, task.space());
      assertThat(plans.add(candidate.plan().digest())).as(what).isTrue();
      long kept = 0;
      int uneven = 0;
      for (int i = 0; i < model.layers().size(); i++) {
        PrunableLayer layer = model.layers().get(i);
        LayerPlan units = candidate.plan().layers().get(i);
        assertThat(units.queryHeads() % layer.headsInUnit()).as(what).isZero();
        assertThat(units.queryHeads()).as(what).isBetween(1, layer.queryHeads());
        assertThat(units.neurons()).as(what).isBetween(1, layer.neurons());
        boolean even =
            units.neurons() % budget.widthMultiple() == 0 || units.neurons() == layer.neurons();
        uneven += even ? 0 : 1;
        kept +=
            layer.attentionParameters(units.queryHeads())
                + layer.neuronParameters() * units.neurons();
      }
      assertThat(uneven).as(what).isLessThan(2);
      assertThat((double) (model.blockParameters() - kept))
          .as(what)
          .isCloseTo(
              budget.parametersToRemove(), within(0.5 * model.neuronParameters() + 1e-6 * kept));
    }
    assertThat(candidates)
        .as("%s of %s", task.operator(), model)
        .hasSizeGreaterThanOrEqualTo(fewest);
    assertThat(Trial.fill(task)).isEqualTo(candidates);
    return candidates;
  }

  @ParameterizedTest
  @EnumSource(SearchSpace.class)
  void theSeedOfWhatWasMeasuredIsFarBetterThanUniformWhereCostsAddUp(SearchSpace space) {
    List<Double> shares = new ArrayList<>();
    for (long seed = 0; seed < 9; seed++) {
      Trial trial = trial(space, 12, 0.3, seed);
      Trial additive = new Trial(trial.budget(), space, trial.landscape().additive(), seed);
      List<Candidate> first = Trial.fill(additive.initialise(8));

      double seeded = additive.landscape().perplexity(first.get(0).plan());
      double uniform = additive.landscape().perplexity(additive.budget().uniform());
      assertThat(seeded).isLessThan(uniform);
      shares.add(seeded / uniform);
      assertThat(first.get(1).plan()).isEqualTo(additive.budget().uniform());
      assertThat(first.get(0).plan())
          .as("nothing disturbed is better by more than what is lost between measured levels")
          .satisfies(
              plan ->
                  assertThat(additive.measured(first).get(0).perplexity())
                      .isGreaterThan(0.99 * seeded));
    }
    assertThat(shares.stream().sorted().toList().get(4))
        .isLessThan(space == SearchSpace.BLOCKS ? 0.5 : 0.7);
  }

  @ParameterizedTest
  @EnumSource(SearchSpace.class)
  void descentsGoFarBelowTheirBaseAndEndBelowWhatAddsUp(SearchSpace space) {
    for (long seed = 0; seed < 6; seed++) {
      Trial trial = trial(space, 12, 0.4, seed);
      List<Individual> population =
          trial.measured(Trial.fill(trial.initialiseUnmeasured(1))); // the uniform plan
      double uniform = population.get(0).perplexity();
      for (int iteration = 1; iteration <= 8; iteration++) {
        Individual base = population.get(0);
        List<Individual> next = trial.measured(Trial.fill(trial.descend(iteration, 8, population)));
        if (iteration == 1) {
          assertThat(next)
              .hasSize(3)
              .allSatisfy(each -> assertThat(each.perplexity()).isLessThan(0.7 * uniform))
              .extracting(each -> each.candidate().lineage().parents())
              .containsOnly(List.of(base.candidate().id()));
        }
        if (!next.isEmpty() && next.get(0).perplexity() < base.perplexity()) {
          population = next;
        }
      }

      double seeded = trial.measured(Trial.fill(trial.initialise(1))).get(0).perplexity();
      assertThat(population.get(0).perplexity())
          .isLessThan(space == SearchSpace.BLOCKS ? 0.99 * seeded : 0.3 * uniform);
    }
  }

  @Test
  void descentsCandidatesGoOneTwoAndThreeSteps() {
    Trial trial = trial(SearchSpace.BLOCKS, 12, 0.3, 5);
    List<Individual> population = trial.measured(Trial.fill(trial.initialiseUnmeasured(1)));

    List<Candidate> candidates = Trial.fill(trial.descend(1, 10, population));

    assertThat(candidates)
        .extracting(Candidate::id)
        .containsExactly("i01-descend-00", "i01-descend-01", "i01-descend-02");
    int step = 32; // 6 % of 512, rounded to 16
    for (int reach = 1; reach <= 3; reach++) {
      assertThat(farthest(population.get(0).candidate(), candidates.get(reach - 1)))
          .isBetween((reach - 1) * step + 1, reach * step + 12); // what completes it is spread
    }
  }

  private static int farthest(Candidate base, Candidate other) {
    int farthest = 0;
    for (int i = 0; i < base.plan().layers().size(); i++) {
      int moved = other.plan().layers().get(i).neurons() - base.plan().layers().get(i).neurons();
      farthest = Math.max(farthest, Math.abs(moved));
    }
    return farthest;
  }

  @Test
  void levelSwitchesMoveALittleBetweenFewBlocksAndMutationsMore() {
    Trial trial = trial(SearchSpace.BLOCKS, 12, 0.3, 5);
    List<Individual> population = trial.measured(Trial.fill(trial.initialise(6)));
    List<Candidate> switches = Trial.fill(trial.vary(1, Operator.LEVEL_SWITCH, 100, population));
    List<Candidate> mutants = Trial.fill(trial.vary(1, Operator.MUTATE, 100, population));

    assertThat(switches).hasSize(100);
    assertThat(meanMove(switches, population)).isBetween(0.5, 6.0);
    assertThat(meanMove(mutants, population)).isGreaterThan(2.5 * meanMove(switches, population));
    assertThat(switches.stream().filter(each -> movesHeads(each, population)).count())
        .isBetween(30L, 75L);
  }

  /** Neurons a layer. */
  private static double meanMove(List<Candidate> candidates, List<Individual> population) {
    return candidates.stream()
        .mapToDouble(
            candidate -> {
              Candidate parent = parent(candidate, population);
              double sum = 0;
              for (int i = 0; i < parent.plan().layers().size(); i++) {
                sum +=
                    Math.abs(
                        candidate.plan().layers().get(i).neurons()
                            - parent.plan().layers().get(i).neurons());
              }
              return sum / parent.plan().layers().size();
            })
        .average()
        .orElseThrow();
  }

  private static boolean movesHeads(Candidate candidate, List<Individual> population) {
    List<LayerPlan> before = parent(candidate, population).plan().layers();
    List<LayerPlan> after = candidate.plan().layers();
    for (int i = 0; i < before.size(); i++) {
      if (before.get(i).queryHeads() != after.get(i).queryHeads()) {
        return true;
      }
    }
    return false;
  }

  private static Candidate parent(Candidate candidate, List<Individual> population) {
    assertThat(candidate.lineage().parents()).hasSize(1);
    return population.stream()
        .map(Individual::candidate)
        .filter(each -> candidate.lineage().parents().contains(each.id()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void levelSwitchesAloneGoFarBelowTheFirstPopulation() {
    Trial trial = trial(SearchSpace.BLOCKS, 10, 0.4, 3);
    List<Individual> population = trial.measured(Trial.fill(trial.initialiseUnmeasured(4)));
    double before = population.get(0).perplexity();
    for (int iteration = 1; iteration <= 30; iteration++) {
      List<Individual> all = new ArrayList<>(population);
      all.addAll(
          trial.measured(Trial.fill(trial.vary(iteration, Operator.LEVEL_SWITCH, 16, population))));
      population =
          all.stream().sorted(Comparator.comparingDouble(Individual::perplexity)).limit(3).toList();
    }

    assertThat(population.get(0).perplexity()).isLessThan(0.5 * before);
  }

  @Test
  void childrenOfPlansHaveEachLayerFromAParentButForWhatTheBudgetAsks() {
    Trial trial = trial(SearchSpace.BLOCKS, 12, 0.3, 5);
    List<Individual> population = trial.measured(Trial.fill(trial.initialise(6)));

    for (Candidate child : Trial.fill(trial.vary(1, Operator.CROSS_OVER, 20, population))) {
      List<Candidate> parents =
          population.stream()
              .map(Individual::candidate)
              .filter(each -> child.lineage().parents().contains(each.id()))
              .toList();
      assertThat(parents).hasSize(2);
      for (int i = 0; i < 12; i++) {
        int layer = i;
        assertThat(parents)
            .extracting(parent -> parent.plan().layers().get(layer).queryHeads())
            .contains(child.plan().layers().get(layer).queryHeads());
      }
    }
  }

  @Test
  void aModelOfOneBlockThatCanMoveHasNothingToSwitch() {
    PrunableModel one = Models.small(1);
    Budget budget = new Budget(one, 0.3);
    Trial trial = new Trial(budget, SearchSpace.LAYERS, Landscape.random(one, 1), 1);
    List<Individual> population = trial.measured(Trial.fill(trial.initialise(5)));

    assertThat(population).hasSize(1);
    assertThat(Trial.fill(trial.vary(1, Operator.LEVEL_SWITCH, 5, population))).isEmpty();
    assertThat(Trial.fill(trial.descend(1, 3, population))).isEmpty();
  }

  private static Trial trial(SearchSpace space, int layers, double sparsity, long seed) {
    PrunableModel model = Models.small(layers);
    return new Trial(
        new Budget(model, sparsity), space, Landscape.random(model, 1_000 + seed), seed);
  }
}
