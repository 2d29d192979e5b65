package dev.selfpruner.llm.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.plan.Level;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.llm.testing.Models;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SensitivityTableTest {
  /** Of 8 heads and 512 neurons; one block was measured as better with fewer units. */
  private static final Sensitivity.Layer BLOCKS =
      Sensitivity.Layer.ofBlocks(
          List.of(new Level(4, 3.04), new Level(6, 3.01), new Level(7, 2.999)),
          List.of(new Level(128, 5.0), new Level(256, 3.2), new Level(384, 3.05)));

  @Test
  void lossesAreToldInThousandthsOfANatWithALineBetweenLevels() {
    assertThat(SensitivityTable.of(of(2, BLOCKS), Models.small(2)))
        .isEqualTo(
            """
            layer | attention: -10 %, -30 %, -50 % | MLP: -10 %, -30 %, -50 %
            0 | -0.80 16.0 40.0 | 20.0 80.0 200
            1 | -0.80 16.0 40.0 | 20.0 80.0 200""");
  }

  @Test
  void wholeLayersHaveAColumnOfTheirOwnAndWhatWasNotMeasuredNone() {
    long all = Models.small(1).layers().get(0).parameters();
    Sensitivity.Layer whole =
        Sensitivity.Layer.ofWhole(List.of(new Level(Math.round(0.6 * all), 3.4)));
    Sensitivity.Layer single =
        Sensitivity.Layer.ofBlocks(List.of(), List.of(new Level(256, 3.001)));

    assertThat(SensitivityTable.of(of(1, whole), Models.small(1)))
        .isEqualTo("layer | -10 %, -30 %, -50 %\n0 | 100 300 -");
    assertThat(SensitivityTable.of(of(1, single), Models.small(1)))
        .endsWith("\n0 | - - - | 0.20 0.60 1.00");
  }

  @Test
  void informedPromptsTellItAndOthersDoNot() {
    Knowledge knowledge = new Knowledge("m", "text", List.of(), List.of(), List.of(of(4, BLOCKS)));
    for (var task : List.of(Tasks.initialise(), Tasks.vary(Operator.MUTATE))) {
      assertThat(
              new Prompts(PromptSet.builtIn("informed"), task, AnswerFormat.TEXT, knowledge)
                  .first(3))
          .contains("# What cutting one place costs", "\n3 | -0.80 16.0 40.0 | 20.0 80.0 200\n\n")
          .doesNotContain("{{", "\n\n\n");
      assertThat(
              new Prompts(PromptSet.builtIn("paper"), task, AnswerFormat.TEXT, knowledge).first(3))
          .isEqualTo(
              new Prompts(PromptSet.builtIn("paper"), task, AnswerFormat.TEXT, Knowledge.of("m"))
                  .first(3)
                  .replace("held-out text", "text"));
    }
  }

  @Test
  void eightyLayersAreAFewKilobytes() {
    String table = SensitivityTable.of(of(80, BLOCKS), Models.small(80));

    assertThat(table.length()).isBetween(2_000, 4_000);
    assertThat(table.lines()).hasSize(81);
  }

  /** Digests by which recorded exchanges name their templates. */
  @Test
  void thePapersPromptsAreAsTheyWere() {
    assertThat(PromptSet.builtIn("paper").sha256()).isEqualTo(PAPER);
  }

  private static final String PAPER =
      "d6e9bbbd6a2c58ebfea04e78ab54ca180c03b7ce07ecbdd28b145f7e537dd7aa";

  private static Sensitivity of(int layers, Sensitivity.Layer layer) {
    return new Sensitivity(IntStream.range(0, layers).mapToObj(i -> layer).toList(), 3.0);
  }
}
