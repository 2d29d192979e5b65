package dev.selfpruner.gpu.calibrate;

import java.util.List;

/** Scores of a layer's query heads and neurons: higher matters more. */
public record LayerImportance(List<Double> queryHeads, List<Double> neurons) {
  public LayerImportance {
    queryHeads = requireNumbers("query head", queryHeads);
    neurons = requireNumbers("neuron", neurons);
  }

  private static List<Double> requireNumbers(String unit, List<Double> scores) {
    for (int i = 0; i < scores.size(); i++) {
      if (!Double.isFinite(scores.get(i))) {
        throw new IllegalArgumentException(
            "the importance of %s %d is %s: the model's activations overflow; calibrate in float32"
                .formatted(unit, i, scores.get(i)));
      }
    }
    return List.copyOf(scores);
  }
}
