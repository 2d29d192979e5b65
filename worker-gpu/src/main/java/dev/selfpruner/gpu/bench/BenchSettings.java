package dev.selfpruner.gpu.bench;

import java.util.List;

/**
 * What is measured.
 *
 * @param sequenceLength tokens in a window
 * @param windows random ones
 * @param sparsities shares of the decoder blocks' parameters to remove; 0 is the dense model
 * @param candidates plans in the batch that is compared with as many single runs; 1 for no batch
 * @param sharedLayers share of the layers that the batch's plans have in common, from the first on
 * @param repeats runs of each; the median counts
 */
public record BenchSettings(
    int sequenceLength,
    int windows,
    List<Double> sparsities,
    int candidates,
    double sharedLayers,
    int repeats) {
  public BenchSettings {
    sparsities = List.copyOf(sparsities);
    if (sequenceLength < 2 || windows < 1 || candidates < 1 || repeats < 1) {
      throw new IllegalArgumentException(
          "a benchmark has windows of at least 2 tokens, at least one window, candidate and run");
    }
    if (sparsities.isEmpty() || !sparsities.stream().allMatch(s -> s >= 0.0 && s < 1.0)) {
      throw new IllegalArgumentException("sparsities out of [0, 1): " + sparsities);
    }
    if (!(sharedLayers >= 0.0 && sharedLayers <= 1.0)) {
      throw new IllegalArgumentException("share of layers out of [0, 1]: " + sharedLayers);
    }
  }
}
