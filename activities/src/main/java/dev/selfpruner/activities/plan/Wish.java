package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What every layer should keep, whole units or not, before a budget is met. */
final class Wish {
  private static final int BISECTIONS = 100;

  /** Neurons that are this near to what the budget wants are what it wants. */
  private static final double ROUNDING = 1e-6;

  private final double[] attention;
  private final double[] neurons;

  /**
   * @param attention parameters of each layer's attention
   * @param neurons of each layer; what is out of [1, all] is held there
   */
  Wish(double[] attention, double[] neurons) {
    this.attention = attention.clone();
    this.neurons = neurons.clone();
  }

  /**
   * The nearest plan that removes {@code parametersToRemove} to half a neuron; empty if there is
   * none.
   */
  Optional<PruningPlan> nearest(Widths widths, double parametersToRemove) {
    Rest rest = new Rest(widths, parametersToRemove);
    int[] nearest = UnitCounts.nearest(widths.model(), attention);
    return rest.neuronsKept(UnitCounts.removed(widths.model(), nearest)).isPresent()
        ? Optional.of(plan(rest, nearest))
        : UnitCounts.nearest(widths.model(), attention, rest).map(units -> plan(rest, units));
  }

  private PruningPlan plan(Rest rest, int[] units) {
    PrunableModel model = rest.widths().model();
    long total = rest.neuronsKept(UnitCounts.removed(model, units)).orElseThrow();
    int[] kept = rest.widths().round(shiftedTo(total, model), total);
    List<LayerPlan> layers = new ArrayList<>();
    for (int i = 0; i < kept.length; i++) {
      layers.add(new LayerPlan(model.layers().get(i).headsOf(units[i]), kept[i]));
    }
    return new PruningPlan(layers);
  }

  /** The wanted neurons, all moved by the same share of what their layers have. */
  private double[] shiftedTo(long total, PrunableModel model) {
    double[] unchanged = shifted(0, model);
    if (Math.abs(Arrays.stream(unchanged).sum() - total) < ROUNDING) {
      return unchanged;
    }
    double low = -1.0;
    double high = 1.0;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (Arrays.stream(shifted(middle, model)).sum() < total) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return shifted(high, model);
  }

  private double[] shifted(double shift, PrunableModel model) {
    double[] result = new double[neurons.length];
    for (int i = 0; i < result.length; i++) {
      int all = model.layers().get(i).neurons();
      double wanted = Math.max(1, Math.min(all, neurons[i]));
      result[i] = Math.max(1, Math.min(all, wanted + shift * all));
    }
    return result;
  }

  /** What is left for neurons to do once heads are gone. */
  record Rest(Widths widths, double parametersToRemove) {
    /**
     * Neurons that all layers together keep; empty if that is more than there are, or fewer than
     * there can be.
     *
     * @param byHeads parameters that go with heads
     */
    OptionalLong neuronsKept(long byHeads) {
      PrunableModel model = widths.model();
      long all = model.layers().stream().mapToLong(PrunableLayer::neurons).sum();
      long kept = all - Math.round((parametersToRemove - byHeads) / model.neuronParameters());
      return kept <= all && kept >= widths.fewest() ? OptionalLong.of(kept) : OptionalLong.empty();
    }
  }
}
