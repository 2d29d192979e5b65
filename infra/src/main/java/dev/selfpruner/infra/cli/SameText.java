package dev.selfpruner.infra.cli;

import dev.selfpruner.workflows.SearchSpec;
import java.util.Optional;

/** Importance that is measured on what is reported makes the report look better than it is. */
final class SameText {
  private SameText() {}

  /** A note, where a search calibrates on its test text. */
  static Optional<String> note(SearchSpec spec) {
    String path = spec.calibrationText().path();
    return path.equals(spec.testText().path())
        ? Optional.of("calibration text and test text are the same file: " + path)
        : Optional.empty();
  }
}
