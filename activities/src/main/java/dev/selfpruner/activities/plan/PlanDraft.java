package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A plan in the making: query heads by the floor rule, whole neurons for the rest of each layer's
 * rate, and the single neurons that rounding leaves over.
 */
final class PlanDraft {
  /** 0.3 * 10 heads is 3 heads, whatever the last bit of the product says. */
  private static final double ROUNDING = 1e-9;

  private final PrunableModel model;
  private final LayerRates rates;
  private final double parametersToRemove;
  private final int[] heads;
  private final int[] removedNeurons;

  /** Neurons by which each layer falls short of its rate; negative where it goes too far. */
  private final double[] shortfall;

  /** Neurons that are still to be removed, or given back where negative, in the whole model. */
  private final long missing;

  private PlanDraft(PrunableModel model, LayerRates rates, double parametersToRemove, int[] heads) {
    this.model = model;
    this.rates = rates;
    this.parametersToRemove = parametersToRemove;
    this.heads = heads;
    this.removedNeurons = new int[heads.length];
    this.shortfall = new double[heads.length];
    double left = parametersToRemove;
    for (int i = 0; i < heads.length; i++) {
      PrunableLayer layer = model.layers().get(i);
      long byHeads =
          layer.attentionParameters(layer.queryHeads()) - layer.attentionParameters(heads[i]);
      double neurons =
          (rates.rates().get(i) * layer.parameters() - byHeads) / layer.neuronParameters();
      removedNeurons[i] =
          (int) Math.max(0, Math.min(layer.neurons() - 1, Math.floor(neurons + ROUNDING)));
      shortfall[i] = neurons - removedNeurons[i];
      left -= byHeads + (double) removedNeurons[i] * layer.neuronParameters();
    }
    this.missing = Math.round(left / model.layers().get(0).neuronParameters());
  }

  /** Removes floor(rate x heads) query heads of each layer, but never all. */
  static PlanDraft ofRates(PrunableModel model, LayerRates rates, double parametersToRemove) {
    int[] heads = new int[model.layers().size()];
    for (int i = 0; i < heads.length; i++) {
      int queryHeads = model.layers().get(i).queryHeads();
      int removed = (int) Math.floor(rates.rates().get(i) * queryHeads + ROUNDING);
      heads[i] = Math.max(1, queryHeads - removed);
    }
    return new PlanDraft(model, rates, parametersToRemove, heads);
  }

  long missing() {
    return missing;
  }

  /** Whether neurons alone can make up for what is missing. */
  boolean canBeFinished() {
    long removed = Arrays.stream(removedNeurons).asLongStream().sum();
    long removable =
        model.layers().stream().mapToLong(layer -> layer.neurons() - 1L).sum() - removed;
    return missing <= removable && -missing <= removed;
  }

  /**
   * One query head fewer in the layer that falls short most, or one more in the layer that goes too
   * far most; empty if no layer has a head to take or to give back.
   */
  Optional<PlanDraft> withAnotherHead() {
    int direction = Long.signum(missing);
    return IntStream.range(0, heads.length)
        .filter(i -> direction > 0 ? heads[i] > 1 : heads[i] < model.layers().get(i).queryHeads())
        .boxed()
        .max(Comparator.comparingDouble(i -> direction * shortfall[i]))
        .map(
            i -> {
              int[] changed = heads.clone();
              changed[i] -= direction;
              return new PlanDraft(model, rates, parametersToRemove, changed);
            });
  }

  /** Moves what is missing, one neuron a layer in turn, beginning where rounding cut most. */
  PruningPlan finish() {
    int[] neurons = removedNeurons.clone();
    int direction = Long.signum(missing);
    Comparator<Integer> order = Comparator.comparingDouble(i -> -direction * shortfall[i]);
    List<Integer> turn = IntStream.range(0, neurons.length).boxed().sorted(order).toList();
    for (long left = Math.abs(missing); left > 0; ) {
      for (int i : turn) {
        int changed = neurons[i] + direction;
        if (left > 0 && changed >= 0 && changed < model.layers().get(i).neurons()) {
          neurons[i] = changed;
          left--;
        }
      }
    }
    List<LayerPlan> kept = new ArrayList<>();
    for (int i = 0; i < heads.length; i++) {
      kept.add(new LayerPlan(heads[i], model.layers().get(i).neurons() - neurons[i]));
    }
    return new PruningPlan(kept);
  }
}
