package dev.selfpruner.workflows;

/**
 * One side of a comparison.
 *
 * @param name that people know it by
 * @param spec of its searches, but for the seed
 */
public record CompareEntry(String name, SearchSpec spec) {
  public CompareEntry {
    if (name.isBlank() || name.lines().count() > 1) {
      throw new IllegalArgumentException(
          "what is compared has a name of one line, not '%s'".formatted(name));
    }
  }
}
