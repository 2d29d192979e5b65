package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.workflows.SearchSpec;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Knows no files.
 *
 * @param contextLength of the model
 * @param tokens of texts by their paths, of those whose length is known
 * @param modelSizes of the model
 */
record Anything(int contextLength, Map<String, Integer> tokens, ModelSizes modelSizes)
    implements SpecChecks {
  /** Block parameters 2 x (2 x 8 x 2 x (4 + 2) + 3 x 8 x 32), and 1,000 others, of 2 bytes. */
  static final ModelSizes SIZES =
      new ModelSizes(
          new PrunableModel(
              Collections.nCopies(
                  2, new PrunableLayer(8, 2, 32, List.of(0, 0, 1, 1), List.of(0, 1, 2, 3)))),
          2 * (192 + 768) + 1_000,
          2 * (2 * (192 + 768) + 1_000),
          Set.of(StorageType.F16));

  Anything() {
    this(1024);
  }

  Anything(int contextLength) {
    this(contextLength, Map.of());
  }

  Anything(int contextLength, Map<String, Integer> tokens) {
    this(contextLength, tokens, SIZES);
  }

  /** The same, whose model stores its weights in so many bytes of these types. */
  Anything storing(long bytes, Set<StorageType> blockTypes) {
    return new Anything(
        contextLength,
        tokens,
        new ModelSizes(modelSizes.prunable(), modelSizes.parameters(), bytes, blockTypes));
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
    return Optional.of(modelSizes);
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
