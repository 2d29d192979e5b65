package dev.selfpruner.activities.plan;

import java.util.Collections;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * What a plan takes on one machine, in seconds: the sum of what its blocks took when they were
 * measured.
 *
 * @param layers in order
 * @param outside seconds of all that no plan changes (embedding, output head), 0 or more
 */
public record LatencyTable(List<Layer> layers, double outside) {
  public LatencyTable {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a model has at least one decoder layer");
    }
    if (!(outside >= 0.0 && Double.isFinite(outside))) {
      throw new IllegalArgumentException("seconds outside of the layers: " + outside);
    }
  }

  /**
   * Seconds of one layer; neither attention nor MLP gets faster with more units.
   *
   * @param headsInUnit query heads in a unit of attention
   * @param attention seconds where 1, 2, ... and all units stay
   * @param neurons counts at which the MLP was measured, ascending, the last of them all
   * @param mlp seconds for each of these; between them it is the straight line, below the fewest
   *     what the fewest take
   */
  public record Layer(
      int headsInUnit, List<Double> attention, List<Integer> neurons, List<Double> mlp) {
    public Layer {
      attention = List.copyOf(attention);
      neurons = List.copyOf(neurons);
      mlp = List.copyOf(mlp);
      if (headsInUnit < 1 || attention.isEmpty()) {
        throw new IllegalArgumentException("a layer has at least one unit of one query head");
      }
      if (mlp.isEmpty() || mlp.size() != neurons.size()) {
        throw new IllegalArgumentException(
            "%d times of an MLP for %d counts of neurons".formatted(mlp.size(), neurons.size()));
      }
      for (int i = 0; i < neurons.size(); i++) {
        if (neurons.get(i) < (i == 0 ? 1 : neurons.get(i - 1) + 1)) {
          throw new IllegalArgumentException("neurons are not positive and ascending: " + neurons);
        }
      }
      requireRising("attention", attention);
      requireRising("MLP", mlp);
    }

    /** From times as they were measured, whose falls are noise and are evened out. */
    public static Layer measured(
        int headsInUnit, List<Double> attention, List<Integer> neurons, List<Double> mlp) {
      return new Layer(headsInUnit, evened(attention), neurons, evened(mlp));
    }

    double seconds(int heads, int kept) {
      return attentionSeconds(heads) + mlpSeconds(kept);
    }

    double attentionSeconds(int heads) {
      return attention.get((heads + headsInUnit - 1) / headsInUnit - 1);
    }

    /**
     * As if a part of a unit took its part of the time.
     *
     * @param removed share of the units and of the neurons that go, in [0, 1]
     */
    double secondsWithout(double removed) {
      double units = Math.max(1, (1 - removed) * attention.size());
      int whole = (int) Math.floor(units);
      double below = attention.get(whole - 1);
      double above = attention.get(Math.min(whole, attention.size() - 1));
      int all = neurons.get(neurons.size() - 1);
      int kept = (int) Math.max(1, Math.floor((1 - removed) * all));
      return below + (units - whole) * (above - below) + mlpSeconds(kept);
    }

    double mlpSeconds(int kept) {
      int found = Collections.binarySearch(neurons, kept);
      int right = found >= 0 ? found : -found - 1;
      if (found >= 0 || right == 0) {
        return mlp.get(right);
      }
      double width = (double) neurons.get(right) - neurons.get(right - 1);
      double share = (kept - neurons.get(right - 1)) / width;
      return mlp.get(right - 1) + share * (mlp.get(right) - mlp.get(right - 1));
    }

    private static List<Double> evened(List<Double> seconds) {
      double[] values = seconds.stream().mapToDouble(Double::doubleValue).toArray();
      return DoubleStream.of(Monotone.rising(values)).boxed().toList();
    }

    private static void requireRising(String block, List<Double> seconds) {
      double before = 0;
      for (double each : seconds) {
        if (!(each >= before && Double.isFinite(each))) {
          throw new IllegalArgumentException(
              "%s: seconds are not finite, 0 or more, and never less with more units: %s"
                  .formatted(block, seconds));
        }
        before = each;
      }
    }
  }

  /**
   * Seconds that a plan takes.
   *
   * @throws IllegalArgumentException if the plan has another number of layers, or more units than
   *     were measured
   */
  public double seconds(PruningPlan plan) {
    if (plan.layers().size() != layers.size()) {
      throw new IllegalArgumentException(
          "the plan has %d layers, the table %d".formatted(plan.layers().size(), layers.size()));
    }
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      LayerPlan kept = plan.layers().get(i);
      if (kept.neurons() > layer.neurons().get(layer.neurons().size() - 1)
          || kept.queryHeads() > layer.attention().size() * layer.headsInUnit()) {
        throw new IllegalArgumentException(
            "layer %d: %d query heads and %d neurons are more than were measured"
                .formatted(i, kept.queryHeads(), kept.neurons()));
      }
    }
    return seconds(
        plan.layers().stream().mapToInt(LayerPlan::queryHeads).toArray(),
        plan.layers().stream().mapToInt(LayerPlan::neurons).toArray());
  }

  /** Seconds of the model as it is. */
  public double dense() {
    double sum = outside;
    for (Layer layer : layers) {
      sum +=
          layer.attention().get(layer.attention().size() - 1)
              + layer.mlp().get(layer.mlp().size() - 1);
    }
    return sum;
  }

  double seconds(int[] heads, int[] neurons) {
    double sum = outside;
    for (int i = 0; i < heads.length; i++) {
      sum += layers.get(i).seconds(heads[i], neurons[i]);
    }
    return sum;
  }
}
