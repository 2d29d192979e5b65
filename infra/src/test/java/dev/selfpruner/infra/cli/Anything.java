package dev.selfpruner.infra.cli;

import dev.selfpruner.workflows.SearchSpec;

/**
 * Knows no files.
 *
 * @param contextLength of the model
 */
record Anything(int contextLength) implements SpecChecks {
  Anything() {
    this(1024);
  }

  @Override
  public String model(String path) {
    return path;
  }

  @Override
  public String text(String option, String path) {
    return path;
  }

  @Override
  public void check(SearchSpec spec) {}

  @Override
  public void checkTexts(SearchSpec spec) {}

  @Override
  public void close() {}
}
