package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Texts of searches whose input names none, as somebody's in Temporal's web interface may. */
final class DefaultTexts {
  static final String CALIBRATION_VARIABLE = "SELFPRUNER_DEFAULT_CALIBRATION_TEXT";
  static final String TEST_VARIABLE = "SELFPRUNER_DEFAULT_TEST_TEXT";
  private static final String CALIBRATION = "--default-calibration-text";
  private static final String TEST = "--default-test-text";

  @Option(
      names = CALIBRATION,
      paramLabel = "FILE",
      description =
          "llm: text to calibrate and search on where a search that is started in Temporal's UI names none (default: "
              + CALIBRATION_VARIABLE
              + ").")
  private Path calibration;

  @Option(
      names = TEST,
      paramLabel = "FILE",
      description = "llm: text to report on, likewise (default: " + TEST_VARIABLE + ").")
  private Path test;

  /** What the environment says, where nobody gave options. */
  static DefaultTexts of(Map<String, String> environment) {
    DefaultTexts texts = new DefaultTexts();
    texts.completeFrom(environment);
    return texts;
  }

  /**
   * Fills in from the environment what no option said.
   *
   * @throws UserError if a text cannot be read
   */
  void completeFrom(Map<String, String> environment) {
    calibration = found(calibration, CALIBRATION, CALIBRATION_VARIABLE, environment);
    test = found(test, TEST, TEST_VARIABLE, environment);
  }

  /**
   * Fills in a draft's texts.
   *
   * @throws UserError if it names none, and there is none
   */
  void complete(SpecDraft draft) {
    complete(draft, "/calibrationText/path", calibration, CALIBRATION, CALIBRATION_VARIABLE);
    complete(draft, "/testText/path", test, TEST, TEST_VARIABLE);
  }

  private static Path found(
      Path given, String option, String variable, Map<String, String> environment) {
    String named = environment.getOrDefault(variable, "");
    if (given != null) {
      return InputFiles.readable(option, given);
    }
    return named.isBlank() ? null : InputFiles.readable(variable, Path.of(named));
  }

  private static void complete(
      SpecDraft draft, String pointer, Path text, String option, String variable) {
    Optional.ofNullable(text).ifPresent(path -> draft.setDefault(pointer, path.toString()));
    if (draft.text(pointer).isEmpty()) {
      throw new UserError(
          "%s is missing: give it (the path of a text, as the workers see it), or start the llm workers with %s FILE or %s"
              .formatted(SpecOptions.field(pointer), option, variable));
    }
  }
}
