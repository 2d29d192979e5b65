package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Mix;
import dev.selfpruner.activities.search.Stage;
import dev.selfpruner.activities.search.Stopping;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is refused before anything is paid for, and what a search with a method is named after. */
class MethodRulesTest {
  private static final MeasuredSpecs SPECS = MeasuredSpecs.full();

  @Test
  void windowsGrowFromStageToStage() {
    assertRefused(
        SPECS.with(new Stage(4, 6), new Stage(4, 4)),
        "method.stages[1].windows: 4 is not more than the 4 of the stage before");
  }

  @Test
  void survivorsDoNotBecomeMoreBeforeParentsJoin() {
    assertRefused(
        SPECS.with(new Stage(1, 6), new Stage(2, 7), new Stage(4, 4)),
        "method.stages[1].survivors: 7 of the 6 that the stage before leaves");
    assertThat(SPECS.with(new Stage(1, 2), new Stage(4, 4)).spec().method()).hasSize(1);
  }

  @Test
  void theLastStageLeavesThePopulation() {
    assertRefused(
        SPECS.with(new Stage(1, 6), new Stage(2, 5)),
        "method.stages[1].survivors: the last stage leaves 5, but evolution.population is 4");
  }

  @Test
  void dampingsArePositiveAndAtMostOne() {
    for (double damping : new double[] {0, -1, 1.5, Double.NaN}) {
      assertRefused(
          SPECS.withDampings(List.of(0.01, damping)),
          "method.dampings: %s out of (0, 1]".formatted(damping));
    }
  }

  @Test
  void somethingIsProposedAfterTheDescents() {
    MeasuredSpecs nothing = SPECS.with(new Mix(0, 2, true)).with(new Evolution(4, 3, 0, 0));
    assertRefused(
        nothing,
        "method.mix.levelSwitches, evolution.mutations and evolution.crossovers are 0: nothing is proposed after the 2 descents of method.mix.descents");
    assertThat(nothing.with(new Evolution(4, 2, 0, 0)).spec().evolution().iterations())
        .as("descents alone")
        .isEqualTo(2);
  }

  @Test
  void isNamedAfterItsMethodAndNotAfterWhatStopsIt() {
    String key = SPECS.spec().key();

    assertThat(SPECS.with(new Stopping(1L, 1L, 1L, 1)).spec().key()).isEqualTo(key);
    assertThat(
            List.of(
                SPECS.with(new Mix(6, 1, true)).spec().key(),
                SPECS.with(new Stage(2, 4)).spec().key(),
                SPECS.withDampings(List.of()).spec().key()))
        .doesNotContain(key)
        .doesNotHaveDuplicates();
  }

  private static void assertRefused(MeasuredSpecs specs, String message) {
    assertThatThrownBy(specs::spec)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
