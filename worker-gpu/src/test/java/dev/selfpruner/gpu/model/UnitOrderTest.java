package dev.selfpruner.gpu.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.plan.AttentionUnit;
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

  @Test
  void describesUnitsOfSeveralHeads() {
    UnitOrder ofGroups = order(2, 3, 1, 0);
    UnitOrder ofEveryGroup = order(3, 0, 1, 2);

    assertThat(ofGroups.prunable(CONFIG, AttentionUnit.GROUP).layers())
        .containsExactly(new PrunableLayer(8, 2, 5, List.of(0, 0, 1, 1), List.of(2, 3, 1, 0), 2));
    assertThat(ofEveryGroup.prunable(CONFIG, AttentionUnit.HEAD_OF_EVERY_GROUP).layers())
        .containsExactly(new PrunableLayer(8, 2, 5, List.of(0, 0, 1, 1), List.of(3, 0, 1, 2), 2));
    assertThat(ofGroups.prunable(CONFIG, AttentionUnit.QUERY_HEAD))
        .isEqualTo(ofGroups.prunable(CONFIG));
    assertThatThrownBy(() -> ofGroups.prunable(CONFIG, AttentionUnit.HEAD_OF_EVERY_GROUP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer 0: query heads [2, 3] go at once, but are not one of every group");
    assertThatThrownBy(() -> ofEveryGroup.prunable(CONFIG, AttentionUnit.GROUP))
        .hasMessage("layer 0: query heads [3, 0] go at once, but are not a group");
  }

  @Test
  void refusesUnitsOfSeveralHeadsWhereGroupsAreUnequal() {
    LlamaConfig unequal = config(new LayerSize(List.of(0, 0, 0, 1), 5));
    UnitOrder order = order(0, 1, 2, 3);

    for (AttentionUnit unit : List.of(AttentionUnit.GROUP, AttentionUnit.HEAD_OF_EVERY_GROUP)) {
      assertThatThrownBy(() -> order.prunable(unequal, unit))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "layer 0: key-value heads are read by 3, 1 query heads: units of equal size need groups of equal size; single query heads can still go");
    }
    assertThat(order.prunable(unequal, AttentionUnit.QUERY_HEAD).layers().get(0).headsInUnit())
        .isEqualTo(1);
  }

  @Test
  void unitsAreSingleHeadsWhereThereAreNoGroups() {
    LlamaConfig ungrouped = config(LayerSize.grouped(4, 4, 5));

    for (AttentionUnit unit : AttentionUnit.values()) {
      assertThat(order(3, 1, 0, 2).prunable(ungrouped, unit))
          .isEqualTo(order(3, 1, 0, 2).prunable(ungrouped));
    }
  }

  private static UnitOrder order(Integer... heads) {
    return new UnitOrder(List.of(new LayerOrder(List.of(heads), new int[] {4, 0, 3, 2, 1})));
  }

  private static LlamaConfig config(LayerSize layer) {
    return new LlamaConfig(
        CONFIG.hiddenSize(),
        CONFIG.vocabularySize(),
        CONFIG.headSize(),
        CONFIG.rmsNormEpsilon(),
        CONFIG.contextLength(),
        CONFIG.tiedEmbeddings(),
        CONFIG.rotaryEmbedding(),
        CONFIG.storageType(),
        List.of(layer));
  }
}
