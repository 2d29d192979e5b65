package dev.selfpruner.activities.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LevelSwitchTest {
  /** Four single heads of 64 parameters with their key-value heads, 100 neurons of 12. */
  private static final PrunableModel MODEL =
      new PrunableModel(
          Collections.nCopies(
              3, new PrunableLayer(4, 4, 100, List.of(0, 1, 2, 3), List.of(3, 2, 1, 0))));

  private static final Block ATTENTION = new Block(0, Block.Kind.ATTENTION);
  private static final Block OTHER_ATTENTION = new Block(1, Block.Kind.ATTENTION);
  private static final Block MLP = new Block(0, Block.Kind.MLP);
  private static final Block OTHER_MLP = new Block(1, Block.Kind.MLP);

  private static PruningPlan plan(int heads, int neurons, int others, int otherNeurons) {
    return new PruningPlan(
        List.of(
            new LayerPlan(heads, neurons),
            new LayerPlan(others, otherNeurons),
            new LayerPlan(4, 80)));
  }

  private static LevelSwitch on(PruningPlan plan) {
    return new LevelSwitch(new Budget(MODEL, MODEL.removedShare(plan)));
  }

  @Test
  void movesNeuronsBetweenLayers() {
    PruningPlan plan = plan(3, 50, 3, 50);

    assertThat(on(plan).move(plan, MLP, OTHER_MLP, 120)).contains(plan(3, 40, 3, 60));
    assertThat(on(plan).move(plan, OTHER_MLP, MLP, 1)).contains(plan(3, 51, 3, 49));
  }

  @Test
  void neuronsFollowWholeHeads() {
    PruningPlan plan = plan(3, 50, 3, 50);

    // 130 parameters are two heads; their 128 are 10.67 neurons.
    Optional<PruningPlan> fewerHeads = on(plan).move(plan, ATTENTION, OTHER_MLP, 130);
    assertThat(fewerHeads).contains(plan(1, 50, 3, 61));
    Optional<PruningPlan> moreHeads = on(plan).move(plan, OTHER_MLP, ATTENTION, 1);
    assertThat(moreHeads).contains(plan(4, 50, 3, 45));
    assertThat(on(plan).move(plan, ATTENTION, MLP, 64)).contains(plan(2, 55, 3, 50));
  }

  @Test
  void headsMoveBetweenLayers() {
    PruningPlan plan = plan(3, 50, 2, 50);

    assertThat(on(plan).move(plan, ATTENTION, OTHER_ATTENTION, 128)).contains(plan(1, 50, 4, 50));
  }

  @Test
  void stopsAtTheBounds() {
    PruningPlan plan = plan(1, 5, 4, 98);

    assertThat(on(plan).move(plan, ATTENTION, OTHER_MLP, 64)).isEmpty(); // one head stays
    assertThat(on(plan).move(plan, MLP, ATTENTION, 64)).isEmpty(); // 5 neurons of 5.3
    assertThat(on(plan).move(plan, ATTENTION, OTHER_ATTENTION, 64)).isEmpty();
    assertThat(on(plan).move(plan, MLP, OTHER_MLP, 36)).isEmpty(); // 3 neurons to 98 of 100
    assertThat(on(plan).move(plan, MLP, OTHER_MLP, 24)).isPresent();
    assertThat(on(plan).move(plan, MLP, MLP, 24)).isEmpty();
  }

  @Test
  void refusesWhatIsNoMove() {
    PruningPlan plan = plan(3, 50, 3, 50);

    assertThatThrownBy(() -> on(plan).move(plan, MLP, new Block(3, Block.Kind.MLP), 12))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no layer 3 in a model of 3");
    assertThatThrownBy(() -> on(plan).move(plan, MLP, OTHER_MLP, 0))
        .hasMessage("a positive number moves, not 0.0");
    assertThatThrownBy(() -> new Block(-1, Block.Kind.MLP))
        .hasMessage("layers are numbered from 0, not -1");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void keepsEveryBudget(int multiple) {
    Random random = new Random(81);
    int moved = 0;
    for (int round = 0; round < 2_000; round++) {
      PrunableModel model = RandomUnits.next(random);
      Budget budget;
      PruningPlan plan;
      try {
        budget = new Budget(model, RandomUnits.sparsity(model, multiple, random), multiple);
        plan = budget.complete(RandomUnits.plan(model, random));
      } catch (IllegalArgumentException e) {
        continue; // no plan
      }
      Block gives = block(model, random);
      Block takes = block(model, random);
      double parameters = 1 + random.nextInt(20_000);

      Optional<PruningPlan> next = new LevelSwitch(budget).move(plan, gives, takes, parameters);

      assertThat(new LevelSwitch(budget).move(plan, gives, takes, parameters)).isEqualTo(next);
      if (next.isEmpty()) {
        continue;
      }
      moved++;
      assertThat((double) (model.blockParameters() - model.parameters(next.get())))
          .as("round %d", round)
          .isCloseTo(
              budget.parametersToRemove(),
              within(model.neuronParameters() / 2.0 + 1e-9 * model.blockParameters()));
      assertThat(gives.kept(next.get())).as("round %d", round).isLessThan(gives.kept(plan));
      assertThat(takes.kept(next.get())).as("round %d", round).isGreaterThan(takes.kept(plan));
      for (int i = 0; i < model.layers().size(); i++) {
        Block attention = new Block(i, Block.Kind.ATTENTION);
        if (!attention.equals(gives) && !attention.equals(takes)) {
          assertThat(attention.kept(next.get())).isEqualTo(attention.kept(plan));
        }
      }
      assertThat(budget.complete(next.get())).as("round %d", round).isEqualTo(next.get());
    }
    assertThat(moved).isGreaterThan(200);
  }

  private static Block block(PrunableModel model, Random random) {
    return new Block(
        random.nextInt(model.layers().size()),
        random.nextBoolean() ? Block.Kind.ATTENTION : Block.Kind.MLP);
  }
}
