package dev.selfpruner.infra.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a user says of held-out text.
 *
 * @param windows of it; 0 is none
 * @param text where it isn't the search text's end
 */
record HeldOutChoice(OptionalInt windows, Optional<Path> text) {
  boolean isGiven() {
    return windows.isPresent() || text.isPresent();
  }
}
