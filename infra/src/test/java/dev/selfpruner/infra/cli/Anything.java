package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.workflows.SearchSpec;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Knows no files.
 *
 * @param contextLength of the model
 * @param tokens of texts by their paths, of those whose length is known
 */
record Anything(int contextLength, Map<String, Integer> tokens) implements SpecChecks {
  /** Block parameters 2 x (2 x 8 x 2 x (4 + 2) + 3 x 8 x 32), and 1,000 others. */
  private static final ModelSizes SIZES =
      new ModelSizes(
          new PrunableModel(
              Collections.nCopies(
                  2, new PrunableLayer(8, 2, 32, List.of(0, 0, 1, 1), List.of(0, 1, 2, 3)))),
          2 * (192 + 768) + 1_000,
          2);

  Anything() {
    this(1024);
  }

  Anything(int contextLength) {
    this(contextLength, Map.of());
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
  public OptionalInt windows(String path, int sequenceLength, boolean beginOfSequence) {
    return tokens.containsKey(path)
        ? OptionalInt.of(tokens.get(path) / sequenceLength)
        : OptionalInt.empty();
  }

  @Override
  public Optional<String> modelSha256() {
    return Optional.empty();
  }

  @Override
  public Optional<ModelSizes> sizes(AttentionUnit unit) {
    return Optional.of(SIZES);
  }

  @Override
  public Optional<String> device() {
    return Optional.of("cpu");
  }

  @Override
  public void check(SearchSpec spec) {}

  @Override
  public void checkTexts(SearchSpec spec) {}

  @Override
  public void close() {}
}
