package dev.selfpruner.infra.cli;

import dev.selfpruner.workflows.SearchSpec;
import java.util.Optional;

/**
 * What is measured, chosen or fitted on what is reported makes the report look better than it is.
 */
final class SameText {
  private SameText() {}

  /** A note, where a search calibrates on its test text, or ranks its last population on it. */
  static Optional<String> note(SearchSpec spec) {
    String test = spec.testText().path();
    if (spec.calibrationText().path().equals(test)) {
      return Optional.of("calibration text and test text are the same file: " + test);
    }
    return spec.method().stream()
        .flatMap(method -> method.heldOut().stream())
        .filter(heldOut -> heldOut.path().equals(test))
        .map(heldOut -> "held-out text and test text are the same file: " + test)
        .findFirst();
  }
}
