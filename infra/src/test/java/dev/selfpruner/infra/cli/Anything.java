package dev.selfpruner.infra.cli;

import dev.selfpruner.workflows.SearchSpec;

/** Knows no files; the model has a context of 1,024 tokens. */
final class Anything implements SpecChecks {
  @Override
  public String model(String path) {
    return path;
  }

  @Override
  public String text(String option, String path) {
    return path;
  }

  @Override
  public int contextLength() {
    return 1024;
  }

  @Override
  public void check(SearchSpec spec) {}

  @Override
  public void checkTexts(SearchSpec spec) {}

  @Override
  public void close() {}
}
