package dev.selfpruner.activities.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rates of blocks, and plans off the budget, on the budget. */
class CompletionTest {
  private static final int ROUNDS = 600;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 32})
  void everyBudgetThatAPlanMeetsIsMet(int multiple) {
    Random random = new Random(11);
    int met = 0;
    int missed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      PrunableModel model = RandomUnits.next(random);
      double sparsity = RandomUnits.sparsity(model, multiple, random);
      if (sparsity == 0) {
        continue; // nothing can go
      }
      Budget budget = new Budget(model, sparsity, multiple);
      LayerRates layerRates = RandomModels.rates(model, random);
      BlockRates blockRates = RandomUnits.rates(model, random);
      PruningPlan start = RandomUnits.plan(model, random);

      if (meetable(budget)) {
        met++;
        for (PruningPlan plan :
            List.of(budget.plan(layerRates), budget.plan(blockRates), budget.complete(start))) {
          requireOnBudget(budget, plan, "round " + round);
          assertThat(budget.complete(plan)).as("round %d", round).isEqualTo(plan);
          assertThat(budget.plan(BlockRates.of(model, plan))).isEqualTo(plan);
        }
        assertThat(budget.plan(blockRates)).isEqualTo(budget.plan(blockRates));
        assertThat(budget.complete(start)).isEqualTo(budget.complete(start));
      } else {
        missed++;
        assertThatThrownBy(() -> budget.plan(layerRates)).hasMessageContaining("no plan removes");
        assertThatThrownBy(() -> budget.plan(blockRates)).hasMessageContaining("no plan removes");
        assertThatThrownBy(() -> budget.complete(start)).hasMessageContaining("no plan removes");
      }
    }
    assertThat(met).isGreaterThan(ROUNDS / 2);
    assertThat(missed).isPositive();
  }

  @Test
  void attentionKeepsTheUnitsNearestToItsRateWhereNeuronsMakeUpTheRest() {
    // Four single heads of 64 parameters with their key-value heads, 100 neurons of 12.
    PrunableLayer layer = new PrunableLayer(4, 4, 100, List.of(0, 1, 2, 3), List.of(3, 2, 1, 0));
    Budget budget = new Budget(new PrunableModel(Collections.nCopies(3, layer)), 0.4);

    PruningPlan plan = budget.plan(new BlockRates(List.of(0.0, 0.37, 0.9), List.of(0.2, 0.4, 0.6)));

    assertThat(plan.layers()).extracting(LayerPlan::queryHeads).containsExactly(4, 3, 1);
    // 0.4 of 4,368 is 1,747.2: 256 go with heads, 124 neurons of 300 make up the rest.
    assertThat(plan.layers()).extracting(LayerPlan::neurons).containsExactly(79, 59, 38);
  }

  @Test
  void neuronsMoveByTheSameShareOfEveryLayer() {
    PrunableModel model =
        new PrunableModel(
            List.of(
                new PrunableLayer(4, 4, 100, List.of(0), List.of(0)),
                new PrunableLayer(4, 4, 200, List.of(0), List.of(0)),
                new PrunableLayer(4, 4, 100, List.of(0), List.of(0))));
    Budget budget = new Budget(model, 100 * 12.0 / model.blockParameters());

    // 40 neurons too many are kept, of 400: a tenth of each layer's.
    assertThat(budget.complete(plan(80, 160, 100)).layers())
        .extracting(LayerPlan::neurons)
        .containsExactly(70, 140, 90);
    // The first has no neuron to give.
    assertThat(budget.complete(plan(1, 199, 100)).layers())
        .extracting(LayerPlan::neurons)
        .containsExactly(1, 199, 100);
  }

  @Test
  void theFewestUnitsMoveWhereNeuronsCannotMakeUpTheRest() {
    // Twenty neurons of 24 parameters in a layer of four heads of 256.
    PrunableLayer layer = new PrunableLayer(8, 8, 20, List.of(0, 1, 2, 3), List.of(3, 2, 1, 0));
    PrunableModel model = new PrunableModel(Collections.nCopies(4, layer));
    Budget budget = new Budget(model, 0.5);

    PruningPlan plan = budget.complete(model.dense());

    // 3,008 of 6,016 go; 76 neurons are 1,824, so five heads have to.
    requireOnBudget(budget, plan, "five heads");
    assertThat(plan.layers()).extracting(LayerPlan::queryHeads).containsOnlyOnce(2);
    assertThat(plan.layers().stream().mapToInt(LayerPlan::queryHeads).sum()).isEqualTo(16 - 5);
  }

  @Test
  void refusesRatesAndPlansOfAnotherModel() {
    PrunableLayer layer = new PrunableLayer(4, 4, 100, List.of(0, 1), List.of(1, 0), 2);
    Budget budget = new Budget(new PrunableModel(List.of(layer)), 0.2);

    assertThatThrownBy(() -> budget.plan(BlockRates.uniform(2, 0.1, 0.1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 rates for 1 layers");
    assertThatThrownBy(() -> budget.complete(plan(1, 1)))
        .hasMessage("the plan has 2 layers, the model has 1");
    assertThatThrownBy(() -> budget.complete(plan(7)))
        .hasMessage("layer 0: query heads go 2 at a time; of 2 it cannot keep 1");
  }

  @Test
  void refusesBlockRatesThatAreNoShares() {
    assertThatThrownBy(() -> new BlockRates(List.of(0.1), List.of(1.0)))
        .hasMessage("block rate out of [0, 1): 1.0");
    assertThatThrownBy(() -> new BlockRates(List.of(Double.NaN), List.of(0.0)))
        .hasMessage("block rate out of [0, 1): NaN");
    assertThatThrownBy(() -> new BlockRates(List.of(0.1, 0.2), List.of(0.3)))
        .hasMessageEndingWith("not 2 and 1 in all");
  }

  /** Bounds, units, widths, and half a neuron: counted without the code under test. */
  private static void requireOnBudget(Budget budget, PruningPlan plan, String round) {
    PrunableModel model = budget.model();
    int off = 0;
    for (int i = 0; i < model.layers().size(); i++) {
      PrunableLayer layer = model.layers().get(i);
      LayerPlan kept = plan.layers().get(i);
      assertThat(kept.queryHeads()).as(round).isBetween(1, layer.queryHeads());
      assertThat(kept.queryHeads() % layer.headsInUnit()).as(round).isZero();
      assertThat(kept.neurons()).as(round).isBetween(1, layer.neurons());
      boolean whole = kept.neurons() % budget.widthMultiple() == 0;
      off += whole || kept.neurons() == layer.neurons() ? 0 : 1;
    }
    assertThat(off).as(round).isLessThan(2);
    assertThat((double) (model.blockParameters() - model.parameters(plan)))
        .as(round)
        .isCloseTo(
            budget.parametersToRemove(),
            within(model.neuronParameters() / 2.0 + 1e-9 * model.blockParameters()));
  }

  /** Whether some counts of units leave neurons something that they can do: tries them all. */
  private static boolean meetable(Budget budget) {
    PrunableModel model = budget.model();
    List<Long> removals = new ArrayList<>(List.of(0L));
    for (PrunableLayer layer : model.layers()) {
      List<Long> next = new ArrayList<>();
      for (long before : removals) {
        for (int heads = layer.headsInUnit();
            heads <= layer.queryHeads();
            heads += layer.headsInUnit()) {
          next.add(
              before
                  + layer.attentionParameters(layer.queryHeads())
                  - layer.attentionParameters(heads));
        }
      }
      removals = next.stream().distinct().toList();
    }
    long all = model.layers().stream().mapToLong(PrunableLayer::neurons).sum();
    int[] least =
        model.layers().stream()
            .mapToInt(layer -> Math.min(layer.neurons(), budget.widthMultiple()))
            .toArray();
    long fewest =
        Arrays.stream(least).asLongStream().sum() - Arrays.stream(least).max().orElseThrow() + 1;
    double half = model.neuronParameters() / 2.0;
    Optional<Long> found =
        removals.stream()
            .filter(
                byHeads -> {
                  double left = budget.parametersToRemove() - byHeads;
                  return left >= -half + 1e-6
                      && left <= model.neuronParameters() * (all - fewest) + half - 1e-6;
                })
            .findAny();
    return found.isPresent();
  }

  private static PruningPlan plan(int... neurons) {
    return new PruningPlan(
        Arrays.stream(neurons).mapToObj(each -> new LayerPlan(1, each)).toList());
  }
}
