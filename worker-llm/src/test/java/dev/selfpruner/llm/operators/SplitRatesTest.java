package dev.selfpruner.llm.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.Level;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.llm.answer.AnswerJudge;
import dev.selfpruner.llm.answer.JudgedList;
import dev.selfpruner.llm.testing.Models;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One rate a layer, where attention and MLP are searched apart. */
class SplitRatesTest {
  private static final PrunableModel MODEL = Models.small(4);
  private static final Budget BUDGET = new Budget(MODEL, 0.3);

  @Test
  void theBlockThatCostsLessGivesMore() {
    Sensitivity headsAreDear = sensitivity(10.0, 0.1);
    Sensitivity neuronsAreDear = sensitivity(0.1, 10.0);
    LayerRates rates = new LayerRates(List.of(0.1, 0.2, 0.4, 0.5));

    PruningPlan withHeads = split(headsAreDear).plan(rates, rates);
    PruningPlan withNeurons = split(neuronsAreDear).plan(rates, rates);

    assertThat(withHeads.layers()).extracting(LayerPlan::queryHeads).containsOnly(8);
    assertThat(withNeurons.layers())
        .extracting(LayerPlan::queryHeads)
        .as("attention has a fifth of a layer")
        .satisfies(heads -> assertThat(heads.get(1)).isEqualTo(1))
        .satisfies(heads -> assertThat(heads.get(3)).isEqualTo(1));
    for (PruningPlan plan : List.of(withHeads, withNeurons)) {
      LayerRates shares = Shares.removed(MODEL, plan);
      for (int i = 0; i < 4; i++) {
        assertThat(shares.rates().get(i)).isCloseTo(rates.rates().get(i), within(0.02));
      }
    }
  }

  @Test
  void whereNothingWasMeasuredBothBlocksLoseTheSameShare() {
    LayerRates rates = new LayerRates(List.of(0.125, 0.25, 0.375, 0.45));

    PruningPlan plan = new SplitRates(BUDGET, List.of(), List.of()).plan(rates, rates);

    assertThat(plan.layers()).extracting(LayerPlan::queryHeads).containsExactly(7, 6, 5, 4);
    for (int i = 0; i < 4; i++) {
      assertThat(1 - plan.layers().get(i).neurons() / 512.0)
          .isCloseTo(rates.rates().get(i), within(0.06));
    }
  }

  @Test
  void ratesThatAnAnswerTakesOverKeepTheirUnits() {
    PruningPlan descended =
        BUDGET.complete(
            new PruningPlan(
                List.of(
                    new LayerPlan(3, 500),
                    new LayerPlan(8, 100),
                    new LayerPlan(2, 450),
                    new LayerPlan(6, 300))));
    ProposalTask task = vary(individual("descended", descended));
    List<Double> told = told(descended);

    List<JudgedList> judged =
        new AnswerJudge(BUDGET, "m")
            .judge(
                "%s\n%s"
                    .formatted(
                        told,
                        List.of(told.get(0) + 0.02, told.get(1), told.get(2), told.get(3) - 0.02)),
                new CandidatePool(task));

    assertThat(judged)
        .extracting(JudgedList::verdict)
        .containsExactly("a list repeated one of the configurations given", JudgedList.USED);
    CandidatePool pool = new CandidatePool(task);
    var unused =
        new AnswerJudge(BUDGET, "m")
            .judge(
                List.of(told.get(0) + 0.02, told.get(1), told.get(2), told.get(3) - 0.02)
                    .toString(),
                pool);
    PruningPlan child = pool.candidates().get(0).plan();
    assertThat(child.layers().get(1).queryHeads()).isEqualTo(8);
    assertThat(child.layers().get(2).queryHeads()).isEqualTo(2);
    assertThat(child.layers().get(2).neurons())
        .isCloseTo(descended.layers().get(2).neurons(), within(20));
    assertThat(pool.candidates().get(0).rates()).isEqualTo(Shares.removed(MODEL, child));
    assertThat(pool.candidates().get(0).lineage().source()).isEqualTo("m");
  }

  private static List<Double> told(PruningPlan plan) {
    return Shares.removed(MODEL, plan).rates().stream()
        .map(rate -> Math.round(1_000 * rate) / 1_000.0)
        .toList();
  }

  private static SplitRates split(Sensitivity sensitivity) {
    return new SplitRates(BUDGET, List.of(sensitivity), List.of());
  }

  /** Losses that rise with the square of what goes. */
  private static Sensitivity sensitivity(double heads, double neurons) {
    return new Sensitivity(
        IntStream.range(0, 4)
            .mapToObj(
                i -> Sensitivity.Layer.ofBlocks(levels(8, 1, heads), levels(512, 64, neurons)))
            .toList(),
        3.0);
  }

  private static List<Level> levels(int all, int step, double cost) {
    return IntStream.range(1, 8)
        .mapToObj(
            kept -> {
              double gone = 1 - (double) kept * step / all;
              return new Level((long) kept * step, 3.0 + cost * gone * gone);
            })
        .toList();
  }

  private static ProposalTask vary(Individual individual) {
    return new ProposalTask(
        1,
        Operator.MUTATE,
        2,
        1,
        BUDGET,
        List.of(individual),
        SearchSpace.BLOCKS,
        List.of(sensitivity(10, 0.1)),
        List.of());
  }

  private static Individual individual(String id, PruningPlan plan) {
    return new Individual(
        new Candidate(
            id,
            Shares.removed(MODEL, plan),
            plan,
            new Lineage(1, Operator.DESCEND, "built-in", List.of())),
        25.0);
  }
}
