package dev.selfpruner.gpu.model;

import static dev.selfpruner.activities.plan.AttentionUnit.GROUP;
import static dev.selfpruner.activities.plan.AttentionUnit.HEAD_OF_EVERY_GROUP;
import static dev.selfpruner.activities.plan.AttentionUnit.QUERY_HEAD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.plan.AttentionUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadUnitsTest {
  /** Heads 0, 1, 2 read key-value head 0, heads 3, 4, 5 the other. */
  private static final LayerSize GROUPED = LayerSize.grouped(6, 2, 10);

  private static final double[] SCORES = {5, 1, 9, 8, 7, 2};

  @Test
  void singleHeadsGoByTheirScore() {
    HeadUnits units = HeadUnits.of(GROUPED, QUERY_HEAD);

    assertThat(units.ascending(SCORES)).containsExactly(1, 5, 0, 4, 3, 2);
  }

  @Test
  void oneHeadOfEveryGroupGoesInEachRound() {
    HeadUnits units = HeadUnits.of(GROUPED, HEAD_OF_EVERY_GROUP);

    assertThat(units.ascending(SCORES)).containsExactly(1, 5, 0, 4, 3, 2);
    assertThat(units.ascending(new double[] {1, 2, 3, 40, 50, 60}))
        .containsExactly(0, 3, 1, 4, 2, 5);
  }

  @Test
  void groupsGoByTheSumOfTheirHeads() {
    HeadUnits units = HeadUnits.of(GROUPED, GROUP);

    assertThat(units.ascending(SCORES)).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(units.ascending(new double[] {5, 1, 9, 8, 4, 2})).containsExactly(3, 4, 5, 0, 1, 2);
  }

  @Test
  void groupsNeedNotLieSideBySide() {
    LayerSize mixed = new LayerSize(List.of(1, 0, 1, 0), 10);

    assertThat(HeadUnits.of(mixed, GROUP).ascending(new double[] {1, 2, 1, 3}))
        .containsExactly(0, 2, 1, 3);
    assertThat(HeadUnits.of(mixed, HEAD_OF_EVERY_GROUP).ascending(new double[] {1, 2, 1, 3}))
        .containsExactly(0, 1, 2, 3);
  }

  @Test
  void withoutSharedHeadsEveryUnitIsASingleHead() {
    LayerSize single = LayerSize.grouped(3, 3, 10);
    for (AttentionUnit unit : AttentionUnit.values()) {
      assertThat(HeadUnits.of(single, unit)).isEqualTo(HeadUnits.of(single, QUERY_HEAD));
    }
  }

  @Test
  void groupsOfDifferentSizesCanOnlyLoseSingleHeads() {
    LayerSize uneven = new LayerSize(List.of(0, 0, 1), 10);

    assertThat(HeadUnits.of(uneven, QUERY_HEAD).ascending(new double[] {2, 1, 0}))
        .containsExactly(2, 1, 0);
    assertThatThrownBy(() -> HeadUnits.of(uneven, GROUP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2, 1 query heads");
    assertThatThrownBy(() -> HeadUnits.of(uneven, HEAD_OF_EVERY_GROUP))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
