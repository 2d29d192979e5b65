package dev.selfpruner.activities.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest {
  /** Layers of 184 parameters: 2 heads of 32, 10 neurons of 12. */
  private static final PrunableLayer SMALL =
      new PrunableLayer(4, 2, 10, List.of(0, 1), List.of(1, 0));

  /** SmolLM2-135M: 30 layers, 9 query heads of 64 in 3 groups, 1,536 neurons. */
  private static final PrunableModel SMOLLM2 =
      new PrunableModel(
          Collections.nCopies(
              30,
              new PrunableLayer(
                  576,
                  64,
                  1536,
                  List.of(0, 0, 0, 1, 1, 1, 2, 2, 2),
                  List.of(0, 6, 5, 8, 4, 1, 2, 7, 3))));

  @Test
  void everyPlanMeetsItsBudgetToHalfANeuron() {
    Random random = new Random(3);
    for (int round = 0; round < 1_000; round++) {
      PrunableModel model = RandomModels.next(random);
      double reachable = reachable(model);
      double sparsity = reachable * (round % 10 == 0 ? 1 : random.nextDouble());
      Budget budget = new Budget(model, sparsity);
      LayerRates rates = RandomModels.rates(model, random);

      PruningPlan plan = budget.plan(rates);

      long dense = parameters(model, model.dense());
      assertThat(parameters(model, plan)).isEqualTo(model.parameters(plan));
      assertThat((double) (dense - parameters(model, plan)))
          .as("round %d", round)
          .isCloseTo(
              sparsity * dense,
              within(model.layers().get(0).neuronParameters() / 2.0 + 1e-9 * dense));
      assertThat(budget.plan(rates)).isEqualTo(plan);
    }
  }

  @Test
  void projectedRatesRemoveTheTargetAndKeepTheirDifferences() {
    Random random = new Random(4);
    for (int round = 0; round < 1_000; round++) {
      PrunableModel model = RandomModels.next(random);
      Budget budget = new Budget(model, reachable(model) * random.nextDouble());
      LayerRates rates = RandomModels.rates(model, random);

      List<Double> projected = budget.project(rates).rates();

      double removed = 0;
      Set<Long> shifts = new HashSet<>();
      for (int i = 0; i < projected.size(); i++) {
        PrunableLayer layer = model.layers().get(i);
        removed += projected.get(i) * layer.parameters();
        double most = 1.0 - (double) layer.parameters(new LayerPlan(1, 1)) / layer.parameters();
        assertThat(projected.get(i)).isBetween(0.0, most);
        if (projected.get(i) > 0.0 && projected.get(i) < most) {
          shifts.add(Math.round((projected.get(i) - rates.rates().get(i)) * 1e9));
        }
      }
      assertThat(removed)
          .isCloseTo(budget.parametersToRemove(), within(1e-9 * model.blockParameters()));
      // All that were not held at a bound moved by the same amount, up to the last decimal.
      assertThat(shifts.stream().mapToLong(Long::longValue).max().orElse(0))
          .isLessThanOrEqualTo(shifts.stream().mapToLong(Long::longValue).min().orElse(0) + 1);
    }
  }

  @Test
  void ratesOnTheBudgetRemoveTheFloorOfTheirShareOfHeads() {
    Random random = new Random(5);
    for (int round = 0; round < 500; round++) {
      List<Double> rates = new ArrayList<>();
      for (int pair = 0; pair < 15; pair++) {
        double difference = 0.29 * random.nextDouble();
        Collections.addAll(rates, 0.3 - difference, 0.3 + difference);
      }

      PruningPlan plan = new Budget(SMOLLM2, 0.3).plan(new LayerRates(rates));

      for (int i = 0; i < rates.size(); i++) {
        int removed = (int) Math.floor(rates.get(i) * 9);
        assertThat(plan.layers().get(i).queryHeads()).isEqualTo(9 - removed);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0.1, 9", "0.3, 7", "0.7, 3", "0.8, 2"})
  void aShareOfHeadsThatIsWholeIsNotLostToRounding(double sparsity, int heads) {
    List<Integer> ten = RandomModels.shuffled(10, new Random(6));
    PrunableLayer layer =
        new PrunableLayer(64, 8, 500, ten.stream().sorted().toList(), ten); // no groups
    Budget budget = new Budget(new PrunableModel(Collections.nCopies(3, layer)), sparsity);

    assertThat(budget.uniform().layers()).extracting(LayerPlan::queryHeads).containsOnly(heads);
  }

  @Test
  void roundsTheWholeModelNotEachLayer() {
    // A quarter is 92 of 368 parameters: 7.67 neurons, 3.83 a layer.
    PrunableModel model = new PrunableModel(List.of(SMALL, SMALL));

    assertThat(new Budget(model, 0.25).uniform())
        .isEqualTo(new PruningPlan(List.of(new LayerPlan(2, 6), new LayerPlan(2, 6))));
    // 0.23 is 84.64 parameters: 7 neurons, 4 of them in the first layer.
    assertThat(new Budget(model, 0.23).uniform())
        .isEqualTo(new PruningPlan(List.of(new LayerPlan(2, 6), new LayerPlan(2, 7))));
  }

  @Test
  void takesHeadsWhereNeuronsDoNotSuffice() {
    // Attention outweighs the MLP: 0.45 takes no head of 2 by the floor rule, and needs one.
    PrunableLayer attentive = new PrunableLayer(4, 30, 60, List.of(0, 1), List.of(0, 1));
    PrunableModel model = new PrunableModel(List.of(attentive));
    PruningPlan plan = new Budget(model, 0.45).uniform();
    assertThat(plan.layers().get(0).queryHeads()).isEqualTo(1);
    assertThat(model.removedShare(plan)).isCloseTo(0.45, within(6.0 / model.blockParameters()));
  }

  @Test
  void saysSoWhereNeuronsAreTooCoarse() {
    // One neuron, which stays: only heads of 480 parameters can go.
    PrunableLayer layer = new PrunableLayer(4, 30, 1, List.of(0, 1), List.of(0, 1));

    assertThatThrownBy(() -> new Budget(new PrunableModel(List.of(layer)), 0.2).uniform())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no plan removes 0.2000 of the block parameters to one neuron");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, 1.0, -0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesWhatIsNoShare(double sparsity) {
    assertThatThrownBy(() -> new Budget(SMOLLM2, sparsity))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sparsity out of (0, 1): " + sparsity);
  }

  @Test
  void refusesMoreThanOneHeadAndOneNeuronALayerLeave() {
    // 184 parameters, of which 32 + 12 stay.
    PrunableModel model = new PrunableModel(List.of(SMALL));
    assertThat(new Budget(model, 140.0 / 184).uniform())
        .isEqualTo(new PruningPlan(List.of(new LayerPlan(1, 1))));

    assertThatThrownBy(() -> new Budget(model, 0.77))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no plan removes 0.7700")
        .hasMessageContaining("0.7609 is the most");
  }

  @Test
  void refusesRatesOfAnotherModel() {
    Budget budget = new Budget(SMOLLM2, 0.2);

    assertThatThrownBy(() -> budget.plan(LayerRates.uniform(29, 0.2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("29 rates for 30 layers");
  }

  private static double reachable(PrunableModel model) {
    PruningPlan least =
        new PruningPlan(Collections.nCopies(model.layers().size(), new LayerPlan(1, 1)));
    return 1.0 - (double) parameters(model, least) / parameters(model, model.dense());
  }

  /** Counted from the matrices' shapes, not with the code under test. */
  private static long parameters(PrunableModel model, PruningPlan plan) {
    long sum = 0;
    for (int i = 0; i < model.layers().size(); i++) {
      PrunableLayer layer = model.layers().get(i);
      LayerPlan kept = plan.layers().get(i);
      Set<Integer> keyValueHeads = new HashSet<>();
      List<Integer> order = layer.headsAscending();
      for (int rank = order.size() - kept.queryHeads(); rank < order.size(); rank++) {
        keyValueHeads.add(layer.keyValueHeadOfQueryHead().get(order.get(rank)));
      }
      long queryAndOutput = 2L * kept.queryHeads() * layer.headSize() * layer.hiddenSize();
      long keyAndValue = 2L * keyValueHeads.size() * layer.headSize() * layer.hiddenSize();
      sum += queryAndOutput + keyAndValue + 3L * kept.neurons() * layer.hiddenSize();
    }
    return sum;
  }
}
