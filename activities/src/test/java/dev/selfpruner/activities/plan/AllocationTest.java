package dev.selfpruner.activities.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Allocations where losses really add up, so that the best one is known. */
class AllocationTest {
  private static final double DENSE = 2.0;

  @Test
  void findsTheBestOfAllPlansOnTheBudget() {
    Random random = new Random(61);
    for (int round = 0; round < 150; round++) {
      // Heads of 4 neurons' parameters, so that every budget in whole neurons is met exactly.
      PrunableModel model = model(2, 1 + random.nextInt(4), 6 + random.nextInt(8), random);
      long most = model.blockParameters() - Budget.smallest(model, 1);
      long neurons = 1L + random.nextInt((int) (most / model.neuronParameters()));
      Budget budget =
          new Budget(
              model,
              Math.min(
                  neurons * model.neuronParameters() / (double) model.blockParameters(),
                  1.0 - (double) Budget.smallest(model, 1) / model.blockParameters()));
      Sensitivity sensitivity = everyLevel(model, random);

      PruningPlan plan = new Allocation(budget).blocks(sensitivity);

      double best =
          plans(model).stream()
              .filter(
                  other ->
                      model.blockParameters() - model.parameters(other)
                          == neurons * model.neuronParameters())
              .mapToDouble(other -> loss(model, sensitivity, other))
              .min()
              .orElseThrow();
      assertThat(model.blockParameters() - model.parameters(plan))
          .isEqualTo(neurons * model.neuronParameters());
      assertThat(loss(model, sensitivity, plan))
          .as("round %d", round)
          .isCloseTo(best, within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void isOnTheBudgetAndNoWorseThanUniformRatesForUnitsOfEveryKind(int multiple) {
    Random random = new Random(62);
    int better = 0;
    int compared = 0;
    for (int round = 0; round < 200; round++) {
      PrunableModel model = RandomUnits.next(random);
      double sparsity = RandomUnits.sparsity(model, multiple, random);
      PruningPlan uniform;
      Budget budget;
      try {
        budget = new Budget(model, sparsity, multiple);
        uniform = budget.uniform();
      } catch (IllegalArgumentException e) {
        continue; // no plan
      }
      Sensitivity sensitivity = smooth(model, random);

      PruningPlan plan = new Allocation(budget).blocks(sensitivity);

      assertThat((double) (model.blockParameters() - model.parameters(plan)))
          .as("round %d", round)
          .isCloseTo(
              budget.parametersToRemove(),
              within(model.neuronParameters() / 2.0 + 1e-9 * model.blockParameters()));
      assertThat(new Allocation(budget).blocks(sensitivity)).isEqualTo(plan);
      compared++;
      better += loss(model, sensitivity, plan) <= loss(model, sensitivity, uniform) ? 1 : 0;
    }
    // Not always: a uniform plan may keep neurons between two of the choices.
    assertThat(better).isGreaterThan(compared * 95 / 100);
  }

  @Test
  void ratesTakeFromLayersThatBearIt() {
    PrunableModel model = model(4, 4, 60, new Random(63));
    Budget budget = new Budget(model, 0.3);
    long all = model.layers().get(0).parameters();
    List<Sensitivity.Layer> layers = new ArrayList<>();
    for (double weight : List.of(1.0, 8.0, 1.0, 3.0)) {
      layers.add(
          Sensitivity.Layer.ofWhole(
              LongStream.range(1, 10)
                  .mapToObj(i -> new Level(all * i / 10, weighted(weight, i / 10.0)))
                  .toList()));
    }

    LayerRates rates = new Allocation(budget).rates(new Sensitivity(layers, DENSE));

    assertThat(rates.mean()).isCloseTo(0.3, within(1e-9));
    // Squares are least where rates are as 1 / weight: 0.488, 0.061, 0.488, 0.163.
    assertThat(rates.rates().get(0)).isCloseTo(0.488, within(0.03));
    assertThat(rates.rates().get(1)).isCloseTo(0.061, within(0.03));
    assertThat(rates.rates().get(2)).isCloseTo(0.488, within(0.03));
    assertThat(rates.rates().get(3)).isCloseTo(0.163, within(0.03));
  }

  @Test
  void stepsMoveUnitsToWhereTheyAreWorthMore() {
    PrunableModel model = model(3, 4, 100, new Random(64));
    int neurons = 60;
    PruningPlan base = plan(2, neurons, 2, neurons, 2, neurons);
    Budget budget = new Budget(model, model.removedShare(base));
    // Neurons of layer 0 are dear, of layer 2 cheap; layer 1 has no part in it.
    LocalSensitivity local =
        new LocalSensitivity(
            List.of(
                new LocalSensitivity.Layer(List.of(), steps(neurons, 5, 3.4, 2.7)),
                new LocalSensitivity.Layer(List.of(), List.of()),
                new LocalSensitivity.Layer(List.of(), steps(neurons, 5, 3.02, 2.99))),
            3.0);

    PruningPlan plan = new Allocation(budget).step(base, local, 2);

    assertThat(plan.layers()).extracting(LayerPlan::queryHeads).containsExactly(2, 2, 2);
    assertThat(plan.layers())
        .extracting(LayerPlan::neurons)
        .containsExactly(neurons + 10, neurons, neurons - 10);
    assertThat(model.parameters(plan)).isEqualTo(model.parameters(base));
  }

  @Test
  void stepsGoFarWhereOneUnitAloneBringsNothing() {
    PrunableModel model = model(2, 8, 100, new Random(73));
    PruningPlan base = plan(1, 60, 8, 60);
    Budget budget = new Budget(model, model.removedShare(base));
    // One more head of layer 0 brings nothing, four bring much; the neurons that make room, 4 for a
    // head of 96 parameters, cost a little.
    LocalSensitivity local =
        new LocalSensitivity(
            List.of(
                new LocalSensitivity.Layer(
                    List.of(new Level(2, 3.0), new Level(3, 2.99), new Level(5, 2.0)),
                    steps(60, 20, 3.1, 2.95)),
                new LocalSensitivity.Layer(
                    List.of(new Level(7, 3.5), new Level(6, 4.0)), List.of())),
            3.0);

    assertThat(new Allocation(budget).step(base, local, 1).layers().get(0).queryHeads())
        .isEqualTo(1);
    PruningPlan far = new Allocation(budget).step(base, local, 2);

    assertThat(far.layers()).extracting(LayerPlan::queryHeads).containsExactly(5, 8);
    assertThat(far.layers().get(0).neurons()).isLessThan(60 - 3 * 4);
    assertThat(model.parameters(far)).isEqualTo(model.parameters(base));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void stepsStayOnTheBudgetAndWithinReach(int multiple) {
    Random random = new Random(65);
    int moved = 0;
    for (int round = 0; round < 200; round++) {
      PrunableModel model = RandomUnits.next(random);
      double sparsity = RandomUnits.sparsity(model, multiple, random);
      Budget budget;
      PruningPlan base;
      try {
        budget = new Budget(model, sparsity, multiple);
        base = budget.complete(RandomUnits.plan(model, random));
      } catch (IllegalArgumentException e) {
        continue; // no plan
      }
      int reach = 1 + random.nextInt(3);

      PruningPlan plan = new Allocation(budget).step(base, local(model, base, random), reach);

      moved += plan.equals(base) ? 0 : 1;
      assertThat((double) (model.blockParameters() - model.parameters(plan)))
          .as("round %d", round)
          .isCloseTo(
              budget.parametersToRemove(),
              within(model.neuronParameters() / 2.0 + 1e-9 * model.blockParameters()));
      for (int i = 0; i < model.layers().size(); i++) {
        PrunableLayer layer = model.layers().get(i);
        int units = layer.unitsOf(plan.layers().get(i).queryHeads());
        assertThat(Math.abs(units - layer.unitsOf(base.layers().get(i).queryHeads())))
            .as("round %d", round)
            .isLessThanOrEqualTo(reach);
      }
    }
    assertThat(moved).isGreaterThan(50);
  }

  @Test
  void isFastForEightyLayers() {
    List<Integer> groups = IntStream.range(0, 64).map(head -> head / 8).boxed().toList();
    PrunableModel model =
        new PrunableModel(
            Collections.nCopies(
                80,
                new PrunableLayer(
                    8192, 128, 28672, groups, RandomModels.shuffled(64, new Random(66)))));
    Sensitivity sensitivity = smooth(model, new Random(67));
    Allocation allocation = new Allocation(new Budget(model, 0.5, 8));

    // A second on an idle machine.
    PruningPlan plan =
        Assertions.assertTimeout(Duration.ofSeconds(10), () -> allocation.blocks(sensitivity));

    assertThat(model.removedShare(plan)).isCloseTo(0.5, within(1e-6));
  }

  @Test
  void saysWhatWasNotMeasured() {
    PrunableModel model = model(2, 2, 10, new Random(68));
    Allocation allocation = new Allocation(new Budget(model, 0.3));
    Sensitivity complete = smooth(model, new Random(69));
    Sensitivity.Layer first = complete.layers().get(0);

    assertThatThrownBy(
            () -> allocation.blocks(new Sensitivity(complete.layers().subList(0, 1), DENSE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 layers were measured, the model has 2");
    assertThatThrownBy(
            () ->
                allocation.blocks(
                    new Sensitivity(
                        List.of(first, Sensitivity.Layer.ofBlocks(List.of(), first.mlp())), DENSE)))
        .hasMessage("no loss was measured with fewer units in layer 1's attention");
    assertThatThrownBy(() -> allocation.rates(complete))
        .hasMessage("no loss was measured with fewer units in layer 0's layer");
    assertThatThrownBy(
            () ->
                allocation.blocks(
                    new Sensitivity(
                        List.of(
                            first,
                            Sensitivity.Layer.ofBlocks(List.of(new Level(2, 3)), first.mlp())),
                        DENSE)))
        .hasMessageContaining("attention of layer 1: a loss was measured where 2 of 2 units stay");
  }

  @Test
  void survivesTheWayThroughJson() {
    PrunableModel model = model(2, 2, 10, new Random(70));
    Sensitivity sensitivity = smooth(model, new Random(71));
    LocalSensitivity local = local(model, plan(1, 5, 1, 5), new Random(72));

    assertThat(Json.read(Json.write(sensitivity), Sensitivity.class)).isEqualTo(sensitivity);
    assertThat(Json.read(Json.write(local), LocalSensitivity.class)).isEqualTo(local);
  }

  private static double weighted(double weight, double kept) {
    return DENSE + weight * (1 - kept) * (1 - kept);
  }

  private static List<Level> steps(int base, int step, double fewer, double more) {
    return List.of(new Level(base - step, fewer), new Level(base + step, more));
  }

  /** Single heads, each of 2 x 8 x 3 x 2 = 96 parameters with its key-value head; neurons of 24. */
  private static PrunableModel model(int layers, int heads, int neurons, Random random) {
    List<Integer> groups = IntStream.range(0, heads).boxed().toList();
    List<PrunableLayer> result = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      result.add(new PrunableLayer(8, 3, neurons, groups, RandomModels.shuffled(heads, random)));
    }
    return new PrunableModel(result);
  }

  private static Sensitivity everyLevel(PrunableModel model, Random random) {
    return new Sensitivity(
        model.layers().stream()
            .map(
                layer ->
                    Sensitivity.Layer.ofBlocks(
                        falling(layer.queryHeads(), 3, random),
                        falling(layer.neurons(), 1, random)))
            .toList(),
        DENSE);
  }

  /** A level for every count but all, with losses that fall by random amounts. */
  private static List<Level> falling(int all, double scale, Random random) {
    List<Level> levels = new ArrayList<>();
    double loss = DENSE;
    for (int kept = all - 1; kept > 0; kept--) {
      loss += scale * (0.01 + random.nextDouble());
      levels.add(new Level(kept, loss));
    }
    return levels;
  }

  /** A few levels of smooth, convex curves of random steepness. */
  private static Sensitivity smooth(PrunableModel model, Random random) {
    return new Sensitivity(
        model.layers().stream()
            .map(
                layer ->
                    Sensitivity.Layer.ofBlocks(
                        curve(layer.queryHeads(), random), curve(layer.neurons(), random)))
            .toList(),
        DENSE);
  }

  private static List<Level> curve(int all, Random random) {
    double weight = Math.exp(3 * random.nextDouble());
    return IntStream.range(1, 10)
        .map(i -> Math.max(1, all * i / 10))
        .filter(kept -> kept < all)
        .distinct()
        .mapToObj(kept -> new Level(kept, weighted(weight, (double) kept / all)))
        .toList();
  }

  private static LocalSensitivity local(PrunableModel model, PruningPlan base, Random random) {
    List<LocalSensitivity.Layer> layers = new ArrayList<>();
    for (int i = 0; i < model.layers().size(); i++) {
      PrunableLayer layer = model.layers().get(i);
      LayerPlan kept = base.layers().get(i);
      layers.add(
          new LocalSensitivity.Layer(
              around(kept.queryHeads(), layer.headsInUnit(), layer.queryHeads(), random),
              around(kept.neurons(), 1 + layer.neurons() / 10, layer.neurons(), random)));
    }
    return new LocalSensitivity(layers, 3.0);
  }

  private static List<Level> around(int kept, int step, int all, Random random) {
    List<Level> levels = new ArrayList<>();
    if (kept > step) {
      levels.add(new Level(kept - step, 3.0 + random.nextDouble()));
    }
    if (kept < all) {
      levels.add(new Level(Math.min(all, kept + step), 3.0 - random.nextDouble()));
    }
    return levels;
  }

  private static double loss(PrunableModel model, Sensitivity sensitivity, PruningPlan plan) {
    double sum = 0;
    for (int i = 0; i < model.layers().size(); i++) {
      PrunableLayer layer = model.layers().get(i);
      LayerPlan kept = plan.layers().get(i);
      Sensitivity.Layer measured = sensitivity.layers().get(i);
      sum += increase(measured.attention(), layer.queryHeads()).applyAsDouble(kept.queryHeads());
      sum += increase(measured.mlp(), layer.neurons()).applyAsDouble(kept.neurons());
    }
    return sum;
  }

  private static LongToDoubleFunction increase(List<Level> levels, long all) {
    return levels.isEmpty()
        ? kept -> 0
        : kept -> LossCurve.through(levels, all, DENSE).at((double) kept) - DENSE;
  }

  private static List<PruningPlan> plans(PrunableModel model) {
    List<List<LayerPlan>> plans = new ArrayList<>(List.of(List.of()));
    for (PrunableLayer layer : model.layers()) {
      List<List<LayerPlan>> longer = new ArrayList<>();
      for (List<LayerPlan> before : plans) {
        for (int heads = 1; heads <= layer.queryHeads(); heads++) {
          for (int neurons = 1; neurons <= layer.neurons(); neurons++) {
            List<LayerPlan> next = new ArrayList<>(before);
            next.add(new LayerPlan(heads, neurons));
            longer.add(next);
          }
        }
      }
      plans = longer;
    }
    return plans.stream().map(PruningPlan::new).toList();
  }

  private static PruningPlan plan(int... headsAndNeurons) {
    List<LayerPlan> layers = new ArrayList<>();
    for (int i = 0; i < headsAndNeurons.length; i += 2) {
      layers.add(new LayerPlan(headsAndNeurons[i], headsAndNeurons[i + 1]));
    }
    return new PruningPlan(layers);
  }
}
