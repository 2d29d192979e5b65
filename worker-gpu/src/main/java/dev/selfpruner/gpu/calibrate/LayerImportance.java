package dev.selfpruner.gpu.calibrate;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.gpu.model.HeadUnits;
import dev.selfpruner.gpu.model.LayerSize;
import java.util.List;
import java.util.stream.IntStream;

/** Scores of a layer's query heads and neurons: higher matters more. */
public record LayerImportance(List<Double> queryHeads, List<Double> neurons) {
  public LayerImportance {
    queryHeads = requireNumbers("query head", queryHeads);
    neurons = requireNumbers("neuron", neurons);
  }

  /**
   * Scores that are places in an order, from 0.
   *
   * @param headsAscending query heads, the first to be removed first
   * @param neuronsAscending neurons, the first to be removed first
   */
  public static LayerImportance ofOrder(List<Integer> headsAscending, int[] neuronsAscending) {
    return new LayerImportance(
        ranks(headsAscending), ranks(IntStream.of(neuronsAscending).boxed().toList()));
  }

  /** The same with query heads scored by their places in the order of their units. */
  LayerImportance inUnits(LayerSize size, AttentionUnit unit) {
    double[] scores = queryHeads.stream().mapToDouble(Double::doubleValue).toArray();
    return new LayerImportance(ranks(HeadUnits.of(size, unit).ascending(scores)), neurons);
  }

  private static List<Double> ranks(List<Integer> ascending) {
    Double[] ranks = new Double[ascending.size()];
    for (int rank = 0; rank < ranks.length; rank++) {
      ranks[ascending.get(rank)] = (double) rank;
    }
    return List.of(ranks);
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
