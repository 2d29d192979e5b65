package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A plan in the making: units of query heads by the floor rule, whole neurons for the rest of each
 * layer's rate, and the single neurons that rounding leaves over.
 */
final class PlanDraft {
  /** 0.3 * 10 heads is 3 heads, whatever the last bit of the product says. */
  private static final double ROUNDING = 1e-9;

  private final PrunableModel model;
  private final Widths widths;
  private final LayerRates rates;
  private final double parametersToRemove;
  private final int[] heads;
  private final int[] removedNeurons;

  /** Neurons by which each layer falls short of its rate; negative where it goes too far. */
  private final double[] shortfall;

  /** Neurons that are still to be removed, or given back where negative, in the whole model. */
  private final long missing;

  private PlanDraft(Widths widths, LayerRates rates, double parametersToRemove, int[] heads) {
    this.model = widths.model();
    this.widths = widths;
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

  /** Removes floor(rate x units) units of query heads of each layer, but never all. */
  static PlanDraft ofRates(Widths widths, LayerRates rates, double parametersToRemove) {
    PrunableModel model = widths.model();
    int[] heads = new int[model.layers().size()];
    for (int i = 0; i < heads.length; i++) {
      PrunableLayer layer = model.layers().get(i);
      int units = layer.attentionUnits();
      int removed = (int) Math.floor(rates.rates().get(i) * units + ROUNDING);
      heads[i] = layer.headsOf(Math.max(1, units - removed));
    }
    return new PlanDraft(widths, rates, parametersToRemove, heads);
  }

  /** Whether neurons alone can make up for what is missing. */
  boolean canBeFinished() {
    return headDirection() == 0;
  }

  /**
   * 1 if heads have to go before neurons can make up for what is missing, -1 if heads have to come
   * back, 0 if neurons alone can.
   */
  int headDirection() {
    long all = model.layers().stream().mapToLong(PrunableLayer::neurons).sum();
    long kept = all - Arrays.stream(removedNeurons).asLongStream().sum() - missing;
    if (kept > all) {
      return -1;
    }
    return kept < widths.fewest() ? 1 : 0;
  }

  /**
   * One unit of query heads fewer in the layer that falls short most, or one more in the layer that
   * goes too far most; empty if no layer has a unit to take or to give back.
   */
  Optional<PlanDraft> withAnotherUnit() {
    int direction = headDirection();
    return IntStream.range(0, heads.length)
        .filter(i -> units(i) - direction >= 1)
        .filter(i -> units(i) - direction <= model.layers().get(i).attentionUnits())
        .boxed()
        .max(Comparator.comparingDouble(i -> direction * shortfall[i]))
        .map(
            i -> {
              int[] changed = heads.clone();
              changed[i] = model.layers().get(i).headsOf(units(i) - direction);
              return new PlanDraft(widths, rates, parametersToRemove, changed);
            });
  }

  /** The heads of this draft, and what neurons have to keep so that every layer has its rate. */
  Wish wish() {
    double[] attention = new double[heads.length];
    double[] neurons = new double[heads.length];
    for (int i = 0; i < heads.length; i++) {
      PrunableLayer layer = model.layers().get(i);
      attention[i] = layer.attentionParameters(heads[i]);
      neurons[i] = layer.neurons() - removedNeurons[i] - shortfall[i];
    }
    return new Wish(attention, neurons);
  }

  private int units(int layer) {
    return model.layers().get(layer).unitsOf(heads[layer]);
  }

  /**
   * Moves what is missing, one neuron a layer in turn, beginning where rounding cut most; then to
   * the widths.
   */
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
    return widths.round(new PruningPlan(kept));
  }
}
