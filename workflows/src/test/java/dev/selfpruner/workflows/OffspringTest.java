package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.search.Probing;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OffspringTest {
  private static final Probing FIRST = new Probing(11, 16, 8, 0.08, 0);

  @Test
  void stepsShrinkToAQuarter() {
    assertThat(IntStream.rangeClosed(1, 4).mapToDouble(i -> step(i, 4)))
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-12 ? 0 : 1)
        .containsExactly(0.08, 0.06, 0.04, 0.02);
  }

  @Test
  void aSingleDescentHasTheFirstStep() {
    assertThat(step(1, 1)).isCloseTo(0.08, within(1e-12));
  }

  @Test
  void onlyTheStepChanges() {
    assertThat(FIRST.inDescent(1, 7)).isEqualTo(FIRST);
  }

  private static double step(int iteration, int descents) {
    return FIRST.inDescent(iteration, descents).step();
  }
}
