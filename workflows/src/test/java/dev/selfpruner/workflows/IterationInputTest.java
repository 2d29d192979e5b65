package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Spending;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class IterationInputTest {
  private static final ArtifactRef REF = new ArtifactRef("memory:x", "0".repeat(64), 1);

  @Test
  void survivorsThatChangePlacesOnNewWindowsAreNoNewBest() {
    IterationInput afterTwo = input(after(2, "A", "B"));

    assertThat(afterTwo.unchanged(fitness("A"))).isEqualTo(3);
    assertThat(afterTwo.unchanged(fitness("B"))).as("known before").isEqualTo(3);
    assertThat(afterTwo.unchanged(fitness("C"))).as("new").isZero();
  }

  private static IterationInput input(PopulationSnapshot parents) {
    return new IterationInput(
        MeasuredSpecs.plain(9).spec(),
        new Calibration("calibration", "0".repeat(64), REF, REF, 600, 3),
        parents.iteration() + 1,
        List.of(parents),
        List.of(new Groundwork(64, List.of(), List.of())),
        List.of(),
        0L);
  }

  private static PopulationSnapshot after(int unchanged, String... survivors) {
    return new PopulationSnapshot(
        5,
        REF,
        Arrays.stream(survivors).map(IterationInputTest::fitness).toList(),
        20,
        0,
        0,
        List.of(),
        Spending.NOTHING,
        "",
        0L,
        List.of(),
        unchanged,
        0L,
        List.of());
  }

  private static Fitness fitness(String id) {
    return new Fitness(id, 12.5, false);
  }
}
