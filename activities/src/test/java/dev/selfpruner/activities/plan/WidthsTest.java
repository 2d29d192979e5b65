package dev.selfpruner.activities.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.Digests;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Budgets whose plans keep multiples of neurons. */
class WidthsTest {
  private static final int ROUNDS = 1_000;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 16, 64})
  void everyReachableBudgetIsMetWithOneWidthOffTheMultipleAtMost(int multiple) {
    Random random = new Random(7);
    for (int round = 0; round < ROUNDS; round++) {
      PrunableModel model = RandomModels.next(random);
      double reachable = reachable(model, multiple);
      double sparsity = reachable * (round % 10 == 0 ? 1 : random.nextDouble());
      Budget budget = new Budget(model, sparsity, multiple);
      LayerRates rates = RandomModels.rates(model, random);

      PruningPlan plan = budget.plan(rates);

      assertThat((double) (model.blockParameters() - model.parameters(plan)))
          .as("round %d", round)
          .isCloseTo(
              budget.parametersToRemove(),
              within(
                  model.layers().get(0).neuronParameters() / 2.0 + 1e-9 * model.blockParameters()));
      assertThat(offTheMultiple(model, plan, multiple)).as("round %d", round).hasSizeLessThan(2);
      assertThat(budget.plan(rates)).isEqualTo(plan);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 16, 64})
  void noLayerThatKeepsAMultipleMovesByOne(int multiple) {
    Random random = new Random(8);
    int compared = 0;
    for (int round = 0; round < ROUNDS; round++) {
      PrunableModel model = RandomModels.next(random);
      double sparsity = 0.5 * reachable(model, multiple) * random.nextDouble();
      LayerRates rates = RandomModels.rates(model, random);
      PruningPlan free = new Budget(model, sparsity).plan(rates);
      if (keepsLessThanAMultiple(model, free, multiple)) {
        continue;
      }

      PruningPlan plan = new Budget(model, sparsity, multiple).plan(rates);

      compared++;
      for (int i = 0; i < plan.layers().size(); i++) {
        LayerPlan kept = plan.layers().get(i);
        assertThat(kept.queryHeads()).isEqualTo(free.layers().get(i).queryHeads());
        assertThat(Math.abs(kept.neurons() - free.layers().get(i).neurons())).isLessThan(multiple);
      }
    }
    assertThat(compared).isGreaterThan(ROUNDS / 10);
  }

  /** Finished evaluations are found by their plans, so these must not change. */
  @Test
  void aMultipleOfOneGivesThePlansOfTheVersionsThatHadNoMultiples() {
    Random random = new Random(9);
    StringBuilder digests = new StringBuilder();
    for (int round = 0; round < ROUNDS; round++) {
      PrunableModel model = RandomModels.next(random);
      double sparsity = reachable(model, 1) * random.nextDouble();
      LayerRates rates = RandomModels.rates(model, random);

      PruningPlan plan = new Budget(model, sparsity).plan(rates);

      digests.append(plan.digest());
      assertThat(new Budget(model, sparsity, 1).plan(rates)).isEqualTo(plan);
    }
    assertThat(Digests.sha256(digests.toString()))
        .isEqualTo("27e8b0d86384bdef4ef06fa16e74432c895777e9b1bb2581885239644f69c2d7");
  }

  @Test
  void theLayersThatAreCutShortMostAreFilledUpAndTheNextTakesTheRemainder() {
    PrunableModel model = model(40, 40, 40, 40);

    // 15 + 22 + 31 + 21 = 89: down to 8 + 16 + 24 + 16 = 64, 25 are left.
    assertThat(neurons(new Widths(model, 8).round(plan(15, 22, 31, 21))))
        .containsExactly(16, 24, 32, 17);
  }

  @Test
  void aLayerThatKeepsAllItsNeuronsKeepsThemWhateverTheirNumber() {
    assertThat(neurons(new Widths(model(21, 40, 40), 8).round(plan(21, 25, 30))))
        .containsExactly(21, 24, 31);
    assertThat(neurons(new Widths(model(5, 40), 8).round(plan(5, 19)))).containsExactly(5, 19);
  }

  @Test
  void layersBelowOneMultipleAreFilledUpAtTheCostOfTheRest() {
    // The first two are filled up to 8 each; one of them takes the remainder again.
    assertThat(neurons(new Widths(model(40, 40, 40), 8).round(plan(1, 2, 30))))
        .containsExactly(1, 8, 24);
    // As few as there can be: 8 + 8 + 1.
    assertThat(neurons(new Widths(model(40, 40, 40), 8).round(plan(1, 2, 14))))
        .containsExactly(1, 8, 8);
  }

  @Test
  void saysHowFewNeuronsAreTooFew() {
    Widths widths = new Widths(model(40, 40, 5), 8);

    assertThat(widths.fewest()).isEqualTo(8 + 1 + 5);
    assertThatThrownBy(() -> widths.round(plan(5, 5, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("13 neurons are too few for 3 layers that keep multiples of 8, but for one");
  }

  @Test
  void saysWhatIsTheMostThatTheMultipleLeavesToRemove() {
    // Two layers of 16 x 2 x 8 + 40 x 24 = 1,216 parameters; 2 x 256 + 9 x 24 = 728 stay.
    PrunableModel model = model(40, 40);
    assertThat(neurons(new Budget(model, 1 - 728 / 2432.0, 8).uniform())).containsExactly(1, 8);

    assertThatThrownBy(() -> new Budget(model, 0.71, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no plan removes 0.7100 of the block parameters: 0.7007 is the most when every layer keeps one query head and 8 neurons or all that it has, but for one layer that keeps one neuron");
    assertThat(new Budget(model, 0.71).uniform().layers()).hasSize(2);
  }

  @Test
  void takesAHeadWhereMultiplesLeaveTooFewNeuronsToRemove() {
    // A layer has 960 parameters of attention and 60 neurons of 12: 0.42 leaves one neuron each.
    PrunableLayer attentive = new PrunableLayer(4, 30, 60, List.of(0, 1), List.of(0, 1));
    PrunableModel model = new PrunableModel(List.of(attentive, attentive));

    PruningPlan free = new Budget(model, 0.42).uniform();
    PruningPlan plan = new Budget(model, 0.42, 32).uniform();

    assertThat(free.layers()).extracting(LayerPlan::queryHeads).containsOnly(2);
    assertThat(plan.layers()).extracting(LayerPlan::queryHeads).contains(1);
    assertThat(model.removedShare(plan)).isCloseTo(0.42, within(6.0 / model.blockParameters()));
    assertThat(offTheMultiple(model, plan, 32)).hasSizeLessThan(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -8})
  void refusesWhatIsNoMultiple(int multiple) {
    assertThatThrownBy(() -> new Budget(model(40), 0.2, multiple))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("widths are multiples of at least 1, not " + multiple);
  }

  private static PrunableModel model(int... neurons) {
    List<PrunableLayer> layers = new ArrayList<>();
    for (int each : neurons) {
      layers.add(new PrunableLayer(8, 8, each, List.of(0), List.of(0)));
    }
    return new PrunableModel(layers);
  }

  private static PruningPlan plan(int... neurons) {
    List<LayerPlan> layers = new ArrayList<>();
    for (int each : neurons) {
      layers.add(new LayerPlan(1, each));
    }
    return new PruningPlan(layers);
  }

  private static List<Integer> neurons(PruningPlan plan) {
    return plan.layers().stream().map(LayerPlan::neurons).toList();
  }

  private static List<Integer> offTheMultiple(PrunableModel model, PruningPlan plan, int multiple) {
    List<Integer> off = new ArrayList<>();
    for (int i = 0; i < plan.layers().size(); i++) {
      int kept = plan.layers().get(i).neurons();
      if (kept % multiple != 0 && kept != model.layers().get(i).neurons()) {
        off.add(i);
      }
    }
    return off;
  }

  private static boolean keepsLessThanAMultiple(
      PrunableModel model, PruningPlan plan, int multiple) {
    for (int i = 0; i < plan.layers().size(); i++) {
      if (plan.layers().get(i).neurons() < Math.min(multiple, model.layers().get(i).neurons())) {
        return true;
      }
    }
    return false;
  }

  /** One head everywhere and one multiple of neurons, but a single one where that spares most. */
  private static double reachable(PrunableModel model, int multiple) {
    List<Integer> least =
        new ArrayList<>(
            model.layers().stream().map(layer -> Math.min(multiple, layer.neurons())).toList());
    least.set(least.indexOf(Collections.max(least)), 1);
    PruningPlan plan = plan(least.stream().mapToInt(Integer::intValue).toArray());
    return 1.0 - (double) model.parameters(plan) / model.blockParameters();
  }
}
