package dev.selfpruner.activities.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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
  void noPlanIsTooSlowAndNoUnitMoreWouldFit(int multiple) {
    Random random = new Random(31);
    int met = 0;
    for (int round = 0; round < 500; round++) {
      PrunableModel model = RandomUnits.next(random);
      LatencyTable table = table(model, random);
      LatencyBudget budget;
      try {
        budget = new LatencyBudget(model, table, random.nextDouble() * table.dense(), multiple);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("no plan takes");
        continue;
      }
      met++;
      PruningPlan start = RandomUnits.plan(model, random);

      PruningPlan plan = budget.complete(start);

      requireMet(budget, plan, "round " + round);
      assertThat(budget.complete(plan)).as("round %d", round).isEqualTo(plan);
      assertThat(budget.complete(start)).isEqualTo(plan);
      requireMet(budget, budget.plan(RandomUnits.rates(model, random)), "rates");
      requireMet(budget, budget.plan(RandomModels.rates(model, random)), "rates of layers");
      requireMet(budget, budget.uniform(), "uniform");
      assertThat(budget.sparsity()).isBetween(0.0, 1.0);
    }
    assertThat(met).isGreaterThan(100);
  }

  @Test
  void whatDynamicProgrammingChoosesIsOnTheBudget() {
    Random random = new Random(32);
    int met = 0;
    for (int round = 0; round < 60; round++) {
      PrunableModel model = RandomUnits.next(random);
      LatencyTable table = table(model, random);
      LatencyBudget budget;
      try {
        budget = new LatencyBudget(model, table, random.nextDouble() * table.dense(), 1);
      } catch (IllegalArgumentException e) {
        continue;
      }
      met++;
      Allocation allocation = new Allocation(budget);

      PruningPlan plan = allocation.blocks(sensitivity(model, random));

      requireMet(budget, plan, "round " + round);
      List<LocalSensitivity.Layer> steps =
          plan.layers().stream()
              .map(
                  kept ->
                      new LocalSensitivity.Layer(
                          List.of(),
                          kept.neurons() == 1
                              ? List.of()
                              : List.of(new Level((kept.neurons() + 1) / 2, 3))))
              .toList();
      requireMet(budget, allocation.step(plan, new LocalSensitivity(steps, 2), 2), "a step");
      LevelSwitch levels = new LevelSwitch(budget);
      Block gives = block(model, random);
      Block takes = block(model, random);
      Optional<PruningPlan> switched =
          levels.move(plan, gives, takes, 5.0 * model.neuronParameters());
      if (switched.isPresent()) {
        requireMet(budget, switched.get(), "a switch");
        assertThat(gives.kept(switched.get())).isLessThan(gives.kept(plan));
        assertThat(takes.kept(switched.get())).isGreaterThan(takes.kept(plan));
      }
    }
    assertThat(met).isGreaterThan(20);
  }

  /** What a block costs counts in time: here attention is all of it, and all of it goes. */
  @Test
  void choosesWhatSavesTimeAtTheLeastLoss() {
    LatencyTable.Layer slowHeads =
        new LatencyTable.Layer(1, List.of(1.0, 5.0), List.of(10, 100), List.of(0.1, 0.2));
    LatencyBudget budget =
        new LatencyBudget(MODEL, new LatencyTable(List.of(slowHeads, slowHeads), 0), 6.5, 1);
    Sensitivity.Layer cheap =
        Sensitivity.Layer.ofBlocks(List.of(new Level(1, 2.1)), List.of(new Level(10, 2.5)));
    Sensitivity.Layer dear =
        Sensitivity.Layer.ofBlocks(List.of(new Level(1, 2.4)), List.of(new Level(10, 2.5)));

    PruningPlan plan = new Allocation(budget).blocks(new Sensitivity(List.of(dear, cheap), 2.0));

    assertThat(plan).isEqualTo(plan(2, 100, 1, 100));
  }

  @Test
  void projectsRatesToTheTimeThatTheyTake() {
    LatencyBudget budget = new LatencyBudget(MODEL, TABLE, 5.0, 1);
    LayerRates projected = budget.project(new LayerRates(List.of(0.1, 0.3)));

    assertThat(projected.rates().get(1) - projected.rates().get(0)).isCloseTo(0.2, within(1e-9));
    assertThat(budget.project(projected).rates().get(0))
        .isCloseTo(projected.rates().get(0), within(1e-9));
    assertThatThrownBy(() -> budget.project(new LayerRates(List.of(0.1))))
        .hasMessage("1 rates for 2 layers");
  }

  @Test
  void headsStayWhereNeuronsCanSaveEnough() {
    LatencyBudget budget = new LatencyBudget(MODEL, TABLE, 0.6 * TABLE.dense(), 1);

    PruningPlan plan = budget.complete(plan(2, 100, 1, 100));

    assertThat(plan.layers()).extracting(LayerPlan::queryHeads).containsExactly(2, 1);
    // 6.3 s, of which 3.5 are not neurons': 1.4 s each would be 68 neurons.
    assertThat(plan.layers()).extracting(LayerPlan::neurons).containsExactly(68, 68);
  }

  @Test
  void headsGoWhereNeuronsCannotSaveEnoughAndComeBackWhereAllNeuronsStay() {
    // 0.5 s and heads of 4 s, of 4.2 s.
    PruningPlan fast =
        new LatencyBudget(MODEL, TABLE, 0.4 * TABLE.dense(), 1).complete(MODEL.dense());
    assertThat(fast.layers()).extracting(LayerPlan::queryHeads).containsExactly(1, 2);

    PruningPlan slow =
        new LatencyBudget(MODEL, TABLE, 0.95 * TABLE.dense(), 1).complete(plan(1, 100, 1, 100));
    assertThat(slow).isEqualTo(plan(2, 100, 1, 100));
  }

  @Test
  void saysWhatCannotBeReached() {
    assertThatThrownBy(() -> new LatencyBudget(MODEL, TABLE, 2.1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no plan takes 2100 ms: the smallest takes 2700 ms, the dense model 1.050e+04 ms");
    assertThatThrownBy(() -> new LatencyBudget(MODEL, TABLE, 10.5, 1))
        .hasMessage(
            "nothing to remove: the dense model takes 1.050e+04 ms, and 1.050e+04 ms may pass");
    assertThatThrownBy(() -> new LatencyBudget(MODEL, TABLE, Double.NaN, 1))
        .hasMessageStartingWith("no plan takes NaN ms");
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

  /** Within the budget, and no layer can have more of anything. */
  private static void requireMet(LatencyBudget budget, PruningPlan plan, String what) {
    double limit = budget.seconds();
    assertThat(budget.table().seconds(plan)).as(what).isLessThanOrEqualTo(limit);
    for (int i = 0; i < plan.layers().size(); i++) {
      PrunableLayer layer = budget.model().layers().get(i);
      LayerPlan kept = plan.layers().get(i);
      int multiple = budget.widthMultiple();
      assertThat(kept.neurons() == layer.neurons() || kept.neurons() % multiple == 0).isTrue();
      List<LayerPlan> larger = new ArrayList<>();
      if (kept.neurons() < layer.neurons()) {
        int more = Math.min(layer.neurons(), kept.neurons() / multiple * multiple + multiple);
        larger.add(new LayerPlan(kept.queryHeads(), more));
      }
      if (kept.queryHeads() < layer.queryHeads()) {
        int more = layer.headsOf(layer.unitsOf(kept.queryHeads()) + 1);
        larger.add(new LayerPlan(more, kept.neurons()));
      }
      for (LayerPlan changed : larger) {
        List<LayerPlan> layers = new ArrayList<>(plan.layers());
        layers.set(i, changed);
        assertThat(budget.table().seconds(new PruningPlan(layers)))
            .as("%s: %s in layer %d", what, changed, i)
            .isGreaterThan(limit);
      }
    }
  }

  private static Sensitivity sensitivity(PrunableModel model, Random random) {
    return new Sensitivity(
        model.layers().stream()
            .map(
                layer ->
                    Sensitivity.Layer.ofBlocks(
                        levels(layer.queryHeads(), layer.headsInUnit(), random),
                        levels(layer.neurons(), 1, random)))
            .toList(),
        2.0);
  }

  private static List<Level> levels(int all, int least, Random random) {
    return all <= least ? List.of() : List.of(new Level(least, 2 + random.nextDouble()));
  }

  private static Block block(PrunableModel model, Random random) {
    return new Block(
        random.nextInt(model.layers().size()),
        random.nextBoolean() ? Block.Kind.ATTENTION : Block.Kind.MLP);
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
