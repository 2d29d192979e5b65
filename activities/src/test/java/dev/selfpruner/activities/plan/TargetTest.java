package dev.selfpruner.activities.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.Json;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Budgets of several kinds. */
class TargetTest {
  private static final int ROUNDS = 2_000;

  /** Two layers of 2 x 32 + 10 x 12 = 184 parameters, of which 44 can stay. */
  private static final PrunableModel SMALL =
      new PrunableModel(
          List.of(
              new PrunableLayer(4, 2, 10, List.of(0, 1), List.of(1, 0)),
              new PrunableLayer(4, 2, 10, List.of(0, 1), List.of(1, 0))));

  private static final long ALL = 1_000;

  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void aNumberOfParametersIsNeverExceededAndMissedByLessThanANeuron(int multiple) {
    Random random = new Random(21);
    int met = 0;
    for (int round = 0; round < ROUNDS; round++) {
      PrunableModel model = RandomUnits.next(random);
      long outside = random.nextInt(100_000);
      long all = model.blockParameters() + outside;
      long smallest = outside + Budget.smallest(model, multiple);
      if (smallest == all) {
        continue; // nothing can go
      }
      long most =
          switch (round % 4) {
            case 0 -> smallest; // nothing less can be had
            case 1 -> all - 1; // nearly all may stay
            default -> smallest + (long) (random.nextDouble() * (all - smallest));
          };
      Budget budget = new Target.Parameters(most).budget(model, all, multiple);

      for (BlockRates rates :
          List.of(RandomUnits.rates(model, random), RandomUnits.rates(model, random))) {
        PruningPlan plan;
        try {
          plan = budget.plan(rates);
        } catch (IllegalArgumentException e) {
          continue; // units too coarse for any plan
        }
        met++;
        assertThat(outside + model.parameters(plan))
            .as("round %d", round)
            .isLessThanOrEqualTo(most)
            .isGreaterThan(most - model.neuronParameters());
      }
    }
    assertThat(met).isGreaterThan(ROUNDS);
  }

  @Test
  void theSmallestPlanIsMetExactly() {
    long smallest = ALL - 2 * 184 + 2 * 44;

    Budget budget = new Target.Parameters(smallest).budget(SMALL, ALL, 1);

    assertThat(budget.uniform())
        .isEqualTo(new PruningPlan(List.of(new LayerPlan(1, 1), new LayerPlan(1, 1))));
    assertThatThrownBy(() -> new Target.Parameters(smallest - 1).blockSparsity(SMALL, ALL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no plan has 719 parameters: the smallest plan has 720 parameters of the dense model's 1,000");
  }

  @Test
  void bytesAreParametersInTheirPrecision() {
    assertThat(new Target.Bytes(1_801, 2).blockSparsity(SMALL, ALL))
        .isEqualTo(new Target.Parameters(900).blockSparsity(SMALL, ALL));
    assertThatThrownBy(() -> new Target.Bytes(1_439, 2).blockSparsity(SMALL, ALL))
        .hasMessageContaining("no plan has 719 parameters");
  }

  @Test
  void sharesAreOfTheBlocksOrOfTheModel() {
    assertThat(new Target.BlockShare(0.3).blockSparsity(SMALL, ALL)).isEqualTo(0.3);
    assertThat(new Target.ModelShare(0.1).blockSparsity(SMALL, ALL))
        .isCloseTo(100.0 / 368, within(1e-15));
    assertThatThrownBy(() -> new Target.ModelShare(0.5).blockSparsity(SMALL, ALL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no plan has 500 parameters: the smallest plan has 720 parameters of the dense model's 1,000");
    assertThatThrownBy(() -> new Target.BlockShare(0.9).blockSparsity(SMALL, ALL))
        .hasMessageContaining("the smallest plan has 720 parameters");
  }

  @Test
  void widthMultiplesMakeTheSmallestPlanLarger() {
    // 8 neurons in one layer, one in the other: 2 x 32 + 9 x 12 = 172 stay of the blocks.
    long smallest = ALL - 368 + 172;

    assertThat(new Target.Parameters(smallest).budget(SMALL, ALL, 8).uniform().layers())
        .extracting(LayerPlan::neurons)
        .containsExactlyInAnyOrder(1, 8);
    assertThatThrownBy(() -> new Target.Parameters(smallest - 1).budget(SMALL, ALL, 8))
        .hasMessageContaining("the smallest plan has 804 parameters");
  }

  @Test
  void refusesWhatNeedsNoPruningOrMakesNoSense() {
    assertThatThrownBy(() -> new Target.Parameters(1_200).blockSparsity(SMALL, ALL))
        .hasMessage("nothing to remove: the dense model has 1,000 parameters, and 1,200 may stay");
    assertThatThrownBy(() -> new Target.Parameters(ALL).blockSparsity(SMALL, ALL))
        .hasMessageStartingWith("nothing to remove");
    assertThatThrownBy(() -> new Target.Parameters(300).blockSparsity(SMALL, 100))
        .hasMessage("a model of 100 parameters, but 368 in its decoder blocks");
    assertThatThrownBy(() -> new Target.Parameters(0))
        .hasMessage("parameters have to be positive, not 0");
    assertThatThrownBy(() -> new Target.Bytes(1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Target.ModelShare(1)).hasMessage("sparsity out of (0, 1): 1.0");
    assertThatThrownBy(() -> new Target.BlockShare(0)).hasMessage("sparsity out of (0, 1): 0.0");
    assertThatThrownBy(() -> new Target.TimeShare(Double.NaN, "cpu", 1, 256))
        .hasMessage("share of the dense model's time out of (0, 1): NaN");
    assertThatThrownBy(() -> new Target.Milliseconds(0, "cpu", 1, 256))
        .hasMessage("milliseconds of a latency target are positive, not 0.0");
    assertThatThrownBy(() -> new Target.Milliseconds(12, " ", 1, 256))
        .hasMessageStartingWith("a latency target names the device that it holds on");
    assertThatThrownBy(() -> new Target.Milliseconds(12, "cpu", 1, 0))
        .hasMessage("sequences of a latency target have at least 2 tokens, not 0");
  }

  @Test
  void survivesTheWayThroughJson() {
    assertThat(Json.write(new Target.Bytes(4_000, 2)))
        .isEqualTo("{\"type\":\"bytes\",\"bytesPerParameter\":2,\"most\":4000}");
    for (Target target :
        List.of(
            new Target.BlockShare(0.3),
            new Target.ModelShare(0.2),
            new Target.Parameters(7),
            new Target.Bytes(4_000, 2),
            new Target.Milliseconds(12, "cpu", 2, 256),
            new Target.TimeShare(0.8, "cpu", 1, 256))) {
      assertThat(Json.read(Json.write(target), Target.class)).isEqualTo(target);
    }
  }
}
