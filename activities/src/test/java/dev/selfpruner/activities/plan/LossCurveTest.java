package dev.selfpruner.activities.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Losses between those that were measured. */
class LossCurveTest {
  @Test
  void goesThroughWhatWasMeasuredAndNeverRises() {
    Random random = new Random(41);
    for (int round = 0; round < 300; round++) {
      List<Level> levels = new ArrayList<>();
      int kept = 1 + random.nextInt(5);
      double loss = 10;
      for (int i = 1 + random.nextInt(6); i > 0; i--) {
        levels.add(new Level(kept, loss));
        kept += 1 + random.nextInt(9);
        loss -= random.nextInt(3) == 0 ? 0 : random.nextDouble();
      }

      LossCurve curve = LossCurve.through(levels, kept, loss);

      levels.forEach(
          level ->
              assertThat(curve.at((double) level.kept())).isCloseTo(level.loss(), within(1e-12)));
      assertThat(curve.at(kept)).isCloseTo(loss, within(1e-12));
      for (double units = 0.25; units <= kept; units += 0.25) {
        assertThat(curve.at(units)).isLessThanOrEqualTo(curve.at(units - 0.25) + 1e-12);
      }
    }
  }

  @Test
  void bendsWithTheLevels() {
    // 16 / kept - 1, whose value at 6 is 1.667; the straight line through 4 and 8 has 2.
    LossCurve curve =
        LossCurve.through(List.of(new Level(8, 1), new Level(2, 7), new Level(4, 3)), 16, 0);

    assertThat(curve.at(6)).isBetween(1.6, 1.9);
    assertThat(curve.at(1)).isEqualTo(7 + 2.0); // as from 4 to 2
  }

  @Test
  void evensOutNoise() {
    LossCurve curve =
        LossCurve.through(
            List.of(new Level(1, 4), new Level(2, 2), new Level(3, 3), new Level(4, 0.9)), 5, 1);

    assertThat(curve.at(2)).isEqualTo(2.5);
    assertThat(curve.at(3)).isEqualTo(2.5);
    assertThat(curve.at(4)).isEqualTo(1); // not below the dense loss
  }

  @Test
  void refusesLevelsThatAreNone() {
    assertThatThrownBy(() -> LossCurve.through(List.of(), 5, 1)).hasMessage("no loss was measured");
    assertThatThrownBy(() -> LossCurve.through(List.of(new Level(5, 1)), 5, 1))
        .hasMessage("a loss was measured where 5 of 5 units stay: less than all have to");
    assertThatThrownBy(() -> new Level(3, Double.POSITIVE_INFINITY))
        .hasMessage("the loss where 3 units stay is not finite: Infinity");
    assertThatThrownBy(() -> Sensitivity.Layer.ofWhole(List.of(new Level(3, 1), new Level(3, 2))))
        .hasMessage("layer: two losses where 3 units stay");
  }

  @Test
  void nearAPlanItIsAParabolaWhereThatIsConvex() {
    LocalLoss convex = LocalLoss.near(10, 5, List.of(new Level(8, 7), new Level(14, 4)));

    assertThat(convex.change(8)).isCloseTo(2, within(1e-12));
    assertThat(convex.change(10)).isZero();
    assertThat(convex.change(14)).isCloseTo(-1, within(1e-12));
    assertThat(convex.change(6)).isGreaterThan(2 * convex.change(8));
  }

  @Test
  void nearAPlanItIsALineWhereTheParabolaIsNotConvexOrOneSideIsMissing() {
    LocalLoss concave = LocalLoss.near(10, 5, List.of(new Level(8, 6), new Level(12, 1)));
    assertThat(concave.change(8)).isCloseTo(2.5, within(1e-12)); // 5 in 4 units
    assertThat(concave.change(14)).isCloseTo(-5, within(1e-12));

    LocalLoss below = LocalLoss.near(10, 5, List.of(new Level(8, 6)));
    assertThat(below.change(7)).isCloseTo(1.5, within(1e-12));
    assertThat(below.up()).isEqualTo(2);

    assertThatThrownBy(() -> LocalLoss.near(10, 5, List.of(new Level(8, 6), new Level(9, 6))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LocalLoss.near(10, 5, List.of(new Level(10, 6))))
        .hasMessageStartingWith("the plan keeps 10 units; one step down and one up are not");
  }
}
