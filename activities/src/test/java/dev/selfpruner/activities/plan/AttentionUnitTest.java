package dev.selfpruner.activities.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Query heads that go several at once. */
class AttentionUnitTest {
  /** Heads 0 and 1 read key-value head 0, heads 2 and 3 read 1. */
  private static final List<Integer> GROUPS = List.of(0, 0, 1, 1);

  private static final String SINGLE =
      "{\"headSize\":4,\"headsAscending\":[2,3,1,0],\"hiddenSize\":16,\"keyValueHeadOfQueryHead\":[0,0,1,1],\"neurons\":10}";

  private static PrunableLayer layer(int headsInUnit) {
    return new PrunableLayer(16, 4, 10, GROUPS, List.of(2, 3, 1, 0), headsInUnit);
  }

  @Test
  void layersWhoseHeadsGoOneByOneLookAsTheyAlwaysDid() {
    assertThat(Json.write(layer(1))).isEqualTo(SINGLE);
    assertThat(Json.read(SINGLE, PrunableLayer.class)).isEqualTo(layer(1));
    assertThat(Json.readStored(SINGLE.getBytes(StandardCharsets.UTF_8), PrunableLayer.class))
        .isEqualTo(layer(1));
    assertThat(layer(1)).isEqualTo(new PrunableLayer(16, 4, 10, GROUPS, List.of(2, 3, 1, 0)));
  }

  @Test
  void layersWithLargerUnitsSaySo() {
    String json = Json.write(new PrunableModel(List.of(layer(2), layer(1))));

    assertThat(json).contains("\"headsInUnit\":2").doesNotContain("\"headsInUnit\":1");
    assertThat(Json.read(json, PrunableModel.class).layers()).containsExactly(layer(2), layer(1));
  }

  @Test
  void refusesJsonThatIsNoLayer() {
    assertThatThrownBy(() -> Json.read(SINGLE.replace("\"headSize\":4,", ""), PrunableLayer.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("positive sizes");
    assertThatThrownBy(
            () ->
                Json.read(SINGLE.replace("\"headsAscending\":[2,3,1,0],", ""), PrunableLayer.class))
        .hasMessageContaining("not an order of the query heads: []");
    assertThatThrownBy(() -> Json.read(SINGLE.replace("neurons", "neuron"), PrunableLayer.class))
        .hasMessageContaining("neuron");
    assertThatThrownBy(() -> Json.read(SINGLE.replace("[2,3,1,0]", "null"), PrunableLayer.class))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keepsWholeUnitsOrAllHeads() {
    PrunableLayer thirds = layer(3); // a unit of one head goes first

    assertThat(thirds.attentionUnits()).isEqualTo(2);
    assertThat(thirds.headsOf(1)).isEqualTo(3);
    assertThat(thirds.headsOf(2)).isEqualTo(4);
    assertThat(thirds.unitsOf(3)).isEqualTo(1);
    assertThat(thirds.parameters(new LayerPlan(3, 10))).isLessThan(thirds.parameters());
    assertThatThrownBy(() -> thirds.parameters(new LayerPlan(2, 10)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("query heads go 3 at a time; of 4 it cannot keep 2");
    assertThatThrownBy(() -> layer(5)).hasMessage("a unit has 1 to 4 query heads, not 5");
    assertThatThrownBy(() -> layer(0)).hasMessage("a unit has 1 to 4 query heads, not 0");
  }

  @Test
  void aGroupTakesItsKeyValueHeadWithItAndAHeadOfEveryGroupDoesNot() {
    PrunableLayer ofGroups = new PrunableLayer(16, 4, 10, GROUPS, List.of(2, 3, 1, 0), 2);
    PrunableLayer ofEveryGroup = new PrunableLayer(16, 4, 10, GROUPS, List.of(2, 1, 3, 0), 2);

    assertThat(ofGroups.keyValueHeadsKept(2)).isEqualTo(1);
    assertThat(ofEveryGroup.keyValueHeadsKept(2)).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"QUERY_HEAD, 1, 1", "HEAD_OF_EVERY_GROUP, 2, 1", "GROUP, 3, 1"})
  void knowsItsSize(AttentionUnit unit, int twoGroupsOfThree, int ungrouped) {
    assertThat(unit.headsInUnit(List.of(0, 0, 0, 1, 1, 1))).isEqualTo(twoGroupsOfThree);
    assertThat(unit.headsInUnit(List.of(0, 1, 1, 0, 0, 1))).isEqualTo(twoGroupsOfThree);
    assertThat(unit.headsInUnit(List.of(0, 1, 2))).isEqualTo(ungrouped);
  }
}
