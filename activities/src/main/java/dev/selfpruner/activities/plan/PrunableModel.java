package dev.selfpruner.activities.plan;

import java.util.List;

/**
 * What plans are made for: the decoder layers, in order. Parameters counted here are those of the
 * seven linear projections of each block (norms, embedding and output head stay as they are).
 */
public record PrunableModel(List<PrunableLayer> layers) {
  public PrunableModel {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a model has at least one decoder layer");
    }
    if (layers.stream().mapToInt(PrunableLayer::hiddenSize).distinct().count() > 1) {
      throw new IllegalArgumentException("the layers of a model have one hidden size");
    }
  }

  /** Parameters of one neuron, the same in every layer. */
  public long neuronParameters() {
    return layers.get(0).neuronParameters();
  }

  public PruningPlan dense() {
    return new PruningPlan(layers.stream().map(PrunableLayer::dense).toList());
  }

  public long blockParameters() {
    return layers.stream().mapToLong(PrunableLayer::parameters).sum();
  }

  /**
   * Parameters that a plan keeps.
   *
   * @throws IllegalArgumentException if the plan has another number of layers, or keeps more units
   *     than a layer has, or a part of a unit
   */
  public long parameters(PruningPlan plan) {
    if (plan.layers().size() != layers.size()) {
      throw new IllegalArgumentException(
          "the plan has %d layers, the model has %d"
              .formatted(plan.layers().size(), layers.size()));
    }
    long sum = 0;
    for (int i = 0; i < layers.size(); i++) {
      try {
        sum += layers.get(i).parameters(plan.layers().get(i));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("layer " + i + ": " + e.getMessage(), e);
      }
    }
    return sum;
  }

  /** Share of the block parameters that a plan removes, in [0, 1). */
  public double removedShare(PruningPlan plan) {
    return 1.0 - (double) parameters(plan) / blockParameters();
  }
}
