package dev.selfpruner.activities.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads that cannot be wrong, and that survive the way through a history. */
class PlanRecordsTest {
  /** Heads 0 and 1 read key-value head 0, head 2 reads 1. */
  private static final PrunableLayer LAYER =
      new PrunableLayer(16, 4, 10, List.of(0, 0, 1), List.of(2, 0, 1));

  @Test
  void aKeyValueHeadGoesWithItsLastQueryHead() {
    assertThat(LAYER.keyValueHeadsKept(3)).isEqualTo(2);
    assertThat(LAYER.keyValueHeadsKept(2)).isEqualTo(1);
    assertThat(LAYER.attentionParameters(3)).isEqualTo(2 * 16 * 4 * (3 + 2));
    assertThat(LAYER.attentionParameters(1)).isEqualTo(2 * 16 * 4 * (1 + 1));
    assertThat(LAYER.parameters(new LayerPlan(1, 7))).isEqualTo(2 * 16 * 4 * 2 + 3 * 16 * 7);
  }

  @Test
  void refusesToKeepMoreThanThereIs() {
    assertThatThrownBy(() -> LAYER.parameters(new LayerPlan(4, 10)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the layer has 3 query heads and 10 neurons; it cannot keep 4 and 10");
    assertThatThrownBy(
            () ->
                new PrunableModel(List.of(LAYER, LAYER))
                    .parameters(
                        new PruningPlan(List.of(new LayerPlan(1, 1), new LayerPlan(1, 11)))))
        .hasMessageStartingWith("layer 1: ");
  }

  @Test
  void refusesLayersThatCannotBe() {
    assertThatThrownBy(() -> new PrunableLayer(16, 4, 10, List.of(0, 2), List.of(0, 1)))
        .hasMessageContaining("without gaps");
    assertThatThrownBy(() -> new PrunableLayer(16, 4, 10, List.of(0, 1), List.of(1, 1)))
        .hasMessageContaining("not an order of the query heads");
    assertThatThrownBy(() -> new PrunableLayer(16, 4, 0, List.of(0), List.of(0)))
        .hasMessageContaining("positive sizes");
    assertThatThrownBy(() -> new LayerPlan(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new LayerPlan(1, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.0, Double.NaN, Double.NEGATIVE_INFINITY})
  void refusesRatesThatAreNoShares(double rate) {
    assertThatThrownBy(() -> new LayerRates(List.of(0.1, rate)))
        .hasMessage("layer rate out of [0, 1): " + rate);
  }

  @Test
  void isNotChangedThroughTheListsThatItWasMadeOf() {
    List<Double> rates = new ArrayList<>(List.of(0.1, 0.3));
    LayerRates copy = new LayerRates(rates);
    rates.set(0, 0.9);

    assertThat(copy.rates()).containsExactly(0.1, 0.3);
    assertThat(copy.mean()).isCloseTo(0.2, within(1e-15));
  }

  @Test
  void plansDigestTheirCounts() {
    PruningPlan plan = new PruningPlan(List.of(new LayerPlan(1, 23), new LayerPlan(4, 5)));
    PruningPlan other = new PruningPlan(List.of(new LayerPlan(12, 3), new LayerPlan(4, 5)));

    assertThat(plan.digest())
        .isEqualTo(Json.read(Json.write(plan), PruningPlan.class).digest())
        .isNotEqualTo(other.digest());
  }

  @Test
  void areTheSameAfterAJourneyAsJson() {
    PrunableModel model = new PrunableModel(List.of(LAYER));

    assertThat(Json.read(Json.write(model), PrunableModel.class)).isEqualTo(model);
    assertThat(Json.write(model.dense()))
        .isEqualTo("{\"layers\":[{\"neurons\":10,\"queryHeads\":3}]}");
    assertThat(Json.read("{\"rates\":[0.5]}", LayerRates.class))
        .isEqualTo(new LayerRates(List.of(0.5)));
    assertThatThrownBy(() -> Json.read("{\"rates\":[1.5]}", LayerRates.class))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
