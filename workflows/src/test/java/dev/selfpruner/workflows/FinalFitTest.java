package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.TextWindows;
import java.util.List;
import org.junit.jupiter.api.Test;

class FinalFitTest {
  private static final MeasuredSpecs SPECS = MeasuredSpecs.full();

  @Test
  void heldOutTextChooses() {
    assertThat(FinalFit.of(SPECS.spec()))
        .isEqualTo(new FinalFit(SPECS.dampings(), SPECS.heldOut(), ""));
    assertThat(FinalFit.of(SPECS.onCalibrationText()).note()).isEmpty();
    assertThat(FinalFit.of(SPECS.withDampings(List.of()).withoutHeldOut().spec()))
        .isEqualTo(new FinalFit(List.of(), List.of(), ""));
  }

  @Test
  void withoutItTextThatTheFitHasNotReadChoosesAndThatIsSaid() {
    FinalFit fit = FinalFit.of(SPECS.withoutHeldOut().spec());

    assertThat(fit.dampings()).isEqualTo(SPECS.dampings());
    assertThat(fit.chosenOn()).containsExactly(MeasuredSpecs.text("search"));
    assertThat(fit.note())
        .startsWith("no text is held out: the final fit is chosen on the windows");
  }

  @Test
  void whatTheFitHasReadChoosesNothing() {
    FinalFit fit = FinalFit.of(SPECS.withoutHeldOut().onCalibrationText());

    assertThat(fit.dampings()).as("as candidates were compared").isEmpty();
    assertThat(fit.chosenOn()).isEmpty();
    assertThat(fit.note()).contains("the fit that candidates are compared with");
  }

  @Test
  void whereNothingElseWasFittedTheMiddleDampingIsTakenUntried() {
    SearchSpec sliced =
        Json.read(
            Json.write(
                    SPECS
                        .withDampings(List.of(0.3, 0.003, 0.03))
                        .withoutHeldOut()
                        .onCalibrationText())
                .replace("BRAIN_SURGEON", "WANDA_SP")
                .replaceAll("\"compensation\":\\{[^}]*}", "\"compensation\":{\"type\":\"none\"}"),
            SearchSpec.class);

    FinalFit fit = FinalFit.of(sliced);

    assertThat(fit.dampings()).containsExactly(0.03);
    assertThat(fit.chosenOn()).isEmpty();
    assertThat(fit.note()).contains("the middle one, 0.03");
  }

  @Test
  void textsOverlapWhereTheyReadTheSameTokensOfAFile() {
    TextWindows text = new TextWindows("a", 128, 10, 5, true);

    assertThat(text.overlaps(new TextWindows("a", 64, 29, 1, true))).isTrue();
    assertThat(text.overlaps(new TextWindows("a", 64, 30, 9, true))).isFalse();
    assertThat(text.overlaps(new TextWindows("a", 128, 0, 10, true))).isFalse();
    assertThat(text.overlaps(new TextWindows("a", 128, 0, TextWindows.ALL, true))).isTrue();
    assertThat(text.overlaps(new TextWindows("b", 128, 10, 5, true))).isFalse();
  }
}
