package dev.selfpruner.activities.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans that may take so many seconds. */
class LatencyBudgetTest {
  /** Two heads of 1 s, neurons of 0.01 s with a bend at 50. */
  private static final LatencyTable.Layer LAYER =
      new LatencyTable.Layer(1, List.of(1.0, 2.0), List.of(10, 50, 100), List.of(0.1, 0.5, 3.0));

  private static final PrunableModel MODEL =
      new PrunableModel(
          Collections.nCopies(2, new PrunableLayer(4, 2, 100, List.of(0, 1), List.of(1, 0))));

  private static final LatencyTable TABLE = new LatencyTable(List.of(LAYER, LAYER), 0.5);

  @Test
  void addsUpWhatBlocksTake() {
    assertThat(TABLE.dense()).isEqualTo(0.5 + 2 * (2.0 + 3.0));
    assertThat(TABLE.seconds(MODEL.dense())).isEqualTo(TABLE.dense());
    // 75 is half way from 50 to 100; less than 10 takes what 10 take.
    assertThat(TABLE.seconds(plan(1, 75, 2, 4))).isCloseTo(0.5 + 1 + 1.75 + 2 + 0.1, within(1e-12));
    assertThat(TABLE.seconds(plan(1, 30, 1, 10))).isCloseTo(0.5 + 1 + 0.3 + 1 + 0.1, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void noPlanIsTooSlowAndNoNeuronMoreWouldFit(int multiple) {
    Random random = new Random(31);
    for (int round = 0; round < 500; round++) {
      PrunableModel model = RandomUnits.next(random);
      LatencyTable table = table(model, random);
      LatencyBudget budget;
      try {
        budget = new LatencyBudget(model, table, random.nextDouble(), multiple);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("no plan takes");
        continue;
      }
      PruningPlan start = RandomUnits.plan(model, random);

      PruningPlan plan = budget.complete(start);

      double limit = budget.share() * table.dense();
      assertThat(table.seconds(plan)).as("round %d", round).isLessThanOrEqualTo(limit);
      for (int i = 0; i < model.layers().size(); i++) {
        int all = model.layers().get(i).neurons();
        LayerPlan kept = plan.layers().get(i);
        assertThat(kept.neurons() == all || kept.neurons() % multiple == 0).isTrue();
        if (kept.neurons() < all) {
          int more = Math.min(all, kept.neurons() + multiple - kept.neurons() % multiple);
          List<LayerPlan> larger = new ArrayList<>(plan.layers());
          larger.set(i, new LayerPlan(kept.queryHeads(), more));
          assertThat(table.seconds(new PruningPlan(larger)))
              .as("round %d, layer %d", round, i)
              .isGreaterThan(limit);
        }
      }
      assertThat(budget.complete(plan)).as("round %d", round).isEqualTo(plan);
      assertThat(budget.complete(start)).isEqualTo(plan);
    }
  }

  @Test
  void headsStayWhereNeuronsCanSaveEnough() {
    LatencyBudget budget = new LatencyBudget(MODEL, TABLE, 0.6, 1);

    PruningPlan plan = budget.complete(plan(2, 100, 1, 100));

    assertThat(plan.layers()).extracting(LayerPlan::queryHeads).containsExactly(2, 1);
    // 6.3 s, of which 3.5 are not neurons': 1.4 s each would be 68 neurons.
    assertThat(plan.layers()).extracting(LayerPlan::neurons).containsExactly(68, 68);
  }

  @Test
  void headsGoWhereNeuronsCannotSaveEnoughAndComeBackWhereAllNeuronsStay() {
    // 0.5 s and heads of 4 s, of 4.2 s.
    PruningPlan fast = new LatencyBudget(MODEL, TABLE, 0.4, 1).complete(MODEL.dense());
    assertThat(fast.layers()).extracting(LayerPlan::queryHeads).containsExactly(1, 2);

    PruningPlan slow = new LatencyBudget(MODEL, TABLE, 0.95, 1).complete(plan(1, 100, 1, 100));
    assertThat(slow).isEqualTo(plan(2, 100, 1, 100));
  }

  @Test
  void saysWhatCannotBeReached() {
    assertThatThrownBy(() -> new LatencyBudget(MODEL, TABLE, 0.2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no plan takes 0.2000 of the dense model's 10.50 s: the smallest plan takes 0.2571 of it");
    assertThatThrownBy(() -> new LatencyBudget(MODEL, TABLE, 1.0, 1))
        .hasMessage("share of the dense model's time out of (0, 1): 1.0");
    PrunableModel pairs =
        new PrunableModel(
            Collections.nCopies(2, new PrunableLayer(4, 2, 100, List.of(0, 1), List.of(1, 0), 2)));
    assertThatThrownBy(() -> new LatencyBudget(pairs, TABLE, 0.5, 1))
        .hasMessage(
            "layer 0: 2 units of 1 query heads and 100 neurons were measured, the model has 1 of 2 and 100");
  }

  @Test
  void refusesTablesThatCannotBe() {
    assertThatThrownBy(() -> new LatencyTable.Layer(1, List.of(2.0, 1.0), List.of(1), List.of(1.0)))
        .hasMessageStartingWith("attention: seconds are not finite");
    assertThatThrownBy(
            () -> new LatencyTable.Layer(1, List.of(1.0), List.of(2, 2), List.of(1.0, 1.0)))
        .hasMessage("neurons are not positive and ascending: [2, 2]");
    assertThatThrownBy(() -> new LatencyTable.Layer(1, List.of(1.0), List.of(2), List.of()))
        .hasMessage("0 times of an MLP for 1 counts of neurons");
    assertThatThrownBy(() -> new LatencyTable(List.of(LAYER), -1))
        .hasMessage("seconds outside of the layers: -1.0");
    assertThatThrownBy(() -> TABLE.seconds(plan(2, 101, 1, 1)))
        .hasMessage("layer 0: 2 query heads and 101 neurons are more than were measured");
  }

  @Test
  void evensOutWhatNoiseMadeFall() {
    assertThat(
            LatencyTable.Layer.measured(
                1, List.of(1.0, 3.0, 2.0), List.of(1, 2, 3), List.of(3.0, 1.0, 2.0)))
        .isEqualTo(
            new LatencyTable.Layer(
                1, List.of(1.0, 2.5, 2.5), List.of(1, 2, 3), List.of(2.0, 2.0, 2.0)));
    assertThat(Json.read(Json.write(TABLE), LatencyTable.class)).isEqualTo(TABLE);
  }

  private static LatencyTable table(PrunableModel model, Random random) {
    return new LatencyTable(
        model.layers().stream()
            .map(
                layer -> {
                  List<Integer> neurons =
                      IntStream.rangeClosed(1, 4)
                          .map(i -> Math.max(1, layer.neurons() * i / 4))
                          .distinct()
                          .boxed()
                          .toList();
                  return new LatencyTable.Layer(
                      layer.headsInUnit(),
                      rising(layer.attentionUnits(), random),
                      neurons,
                      rising(neurons.size(), random));
                })
            .toList(),
        random.nextDouble());
  }

  private static List<Double> rising(int count, Random random) {
    List<Double> seconds = new ArrayList<>();
    double sum = random.nextDouble();
    for (int i = 0; i < count; i++) {
      seconds.add(sum);
      sum += random.nextInt(4) == 0 ? 0 : random.nextDouble();
    }
    return seconds;
  }

  private static PruningPlan plan(int firstHeads, int firstNeurons, int heads, int neurons) {
    return new PruningPlan(
        List.of(new LayerPlan(firstHeads, firstNeurons), new LayerPlan(heads, neurons)));
  }
}
