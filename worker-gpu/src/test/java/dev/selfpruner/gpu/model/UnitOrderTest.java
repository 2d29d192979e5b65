package dev.selfpruner.gpu.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.gpu.safetensors.StorageType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnitOrderTest {
  private static final LlamaConfig CONFIG =
      new LlamaConfig(
          8,
          16,
          2,
          1e-6,
          32,
          true,
          new RotaryEmbedding(10000.0, new RopeScaling.None()),
          StorageType.F32,
          List.of(LayerSize.grouped(4, 2, 5)));

  @Test
  void sortsByScoreAndLeavesEqualScoresInTheirOrder() {
    LayerOrder order =
        LayerOrder.ascending(
            new double[] {2, 1, 2, 1}, new double[] {0.0, -0.0, -1, Double.POSITIVE_INFINITY, 0});

    assertThat(order.headsAscending()).containsExactly(1, 3, 0, 2);
    assertThat(order.neuronsAscending()).containsExactly(2, 0, 1, 4, 3);
  }

  @Test
  void keepsTheMostImportantUnitsInTheModelsOwnOrder() {
    LayerOrder order = new LayerOrder(List.of(1, 3, 0, 2), new int[] {4, 0, 3, 2, 1});

    assertThat(order.keptHeads(3)).containsExactly(0, 2, 3);
    assertThat(order.keptNeurons(2)).containsExactly(1, 2);
  }

  @Test
  void isNotChangedThroughItsArrays() {
    int[] neurons = {1, 0};
    LayerOrder order = new LayerOrder(List.of(0), neurons);
    Arrays.fill(neurons, 7);
    Arrays.fill(order.neuronsAscending(), 7);

    assertThat(order).isEqualTo(new LayerOrder(List.of(0), new int[] {1, 0}));
  }

  @Test
  void refusesScoresThatAreNoNumbersAndOrdersThatAreNone() {
    assertThatThrownBy(() -> LayerOrder.ascending(new float[] {1, Float.NaN}, new float[] {1, 2}))
        .hasMessage("the importance of unit 1 is not a number");
    assertThatThrownBy(() -> new LayerOrder(List.of(0, 0), new int[] {0}))
        .hasMessage("not an order of the query heads: each occurs once");
    assertThatThrownBy(() -> new LayerOrder(List.of(0), new int[] {1, 2}))
        .hasMessage("not an order of the neurons: each occurs once");
  }

  @Test
  void describesTheModelToPlans() {
    UnitOrder order =
        new UnitOrder(List.of(new LayerOrder(List.of(1, 3, 0, 2), new int[] {4, 0, 3, 2, 1})));

    assertThat(order.prunable(CONFIG).layers())
        .containsExactly(new PrunableLayer(8, 2, 5, List.of(0, 0, 1, 1), List.of(1, 3, 0, 2)));
  }

  @Test
  void refusesAnotherModel() {
    UnitOrder order = new UnitOrder(List.of(new LayerOrder(List.of(0, 1), new int[] {0})));

    assertThatThrownBy(() -> order.prunable(CONFIG))
        .hasMessage("layer 0: the order has 2 query heads and 1 neurons, the model has 4 and 5");
  }
}
