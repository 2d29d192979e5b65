package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The share of a model's block parameters to remove, and the two projections onto it: of rates, so
 * that their mean is the target, and of rates onto a plan that removes exactly that share, to one
 * neuron.
 */
public record Budget(PrunableModel model, double sparsity) {
  /** 0.3 * 10 heads is 3 heads, whatever the last bit of the product says. */
  private static final double ROUNDING = 1e-9;

  private static final int BISECTIONS = 100;

  /**
   * @throws IllegalArgumentException if the sparsity is not in (0, 1), or is more than a model that
   *     keeps one head and one neuron in every layer can meet
   */
  public Budget {
    if (!(sparsity > 0.0 && sparsity < 1.0)) {
      throw new IllegalArgumentException("sparsity out of (0, 1): " + sparsity);
    }
    double reachable = 1.0 - (double) smallest(model) / model.blockParameters();
    if (sparsity > reachable) {
      throw new IllegalArgumentException(
          "no plan removes %.4f of the block parameters: %.4f is the most when every layer keeps one query head and one neuron"
              .formatted(sparsity, reachable));
    }
  }

  /** Parameters to remove; a plan of this budget removes them to half a neuron. */
  public double parametersToRemove() {
    return sparsity * model.blockParameters();
  }

  /**
   * Shifts all rates by the same amount, held within what each layer can lose, until their mean
   * (weighted by the layers' parameters) is the sparsity.
   *
   * @throws IllegalArgumentException if there is not one rate for each layer
   */
  public LayerRates project(LayerRates rates) {
    requireOneRateALayer(rates);
    double low = -1.0;
    double high = 1.0;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (removed(shifted(rates, middle)) < parametersToRemove()) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return shifted(rates, high);
  }

  /**
   * Units to keep for {@code rates}: floor(rate x heads) query heads go from each layer, neurons
   * make up the rest, and the neurons that rounding leaves over go to the layers that it cut short
   * most. Rates off the budget are projected onto it first.
   */
  public PruningPlan plan(LayerRates rates) {
    LayerRates projected = project(rates);
    int layers = model.layers().size();
    int[] heads = new int[layers];
    int[] removedNeurons = new int[layers];
    double[] remainder = new double[layers];
    double missing = parametersToRemove();
    for (int i = 0; i < layers; i++) {
      PrunableLayer layer = model.layers().get(i);
      double rate = projected.rates().get(i);
      int removedHeads = (int) Math.floor(rate * layer.queryHeads() + ROUNDING);
      heads[i] = Math.max(1, layer.queryHeads() - removedHeads);
      long byHeads =
          layer.attentionParameters(layer.queryHeads()) - layer.attentionParameters(heads[i]);
      double neurons = (rate * layer.parameters() - byHeads) / layer.neuronParameters();
      removedNeurons[i] =
          (int) Math.max(0, Math.min(layer.neurons() - 1, Math.floor(neurons + ROUNDING)));
      remainder[i] = neurons - removedNeurons[i];
      missing -= byHeads + (double) removedNeurons[i] * layer.neuronParameters();
    }
    distribute(missing, removedNeurons, remainder);
    List<LayerPlan> kept = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      kept.add(new LayerPlan(heads[i], model.layers().get(i).neurons() - removedNeurons[i]));
    }
    return new PruningPlan(kept);
  }

  /** Uniform rates on the budget: the baseline that a search has to beat. */
  public PruningPlan uniform() {
    return plan(LayerRates.uniform(model.layers().size(), sparsity));
  }

  /** Moves single neurons, one a layer in turn, until what is missing is less than half of one. */
  private void distribute(double missing, int[] removedNeurons, double[] remainder) {
    long neuronParameters = model.layers().get(0).neuronParameters();
    long steps = Math.round(missing / neuronParameters);
    int direction = steps < 0 ? -1 : 1;
    Comparator<Integer> order = Comparator.comparingDouble(i -> -direction * remainder[i]);
    List<Integer> turn = IntStream.range(0, removedNeurons.length).boxed().sorted(order).toList();
    long left = Math.abs(steps);
    while (left > 0) {
      long before = left;
      for (int i : turn) {
        int changed = removedNeurons[i] + direction;
        if (left > 0 && changed >= 0 && changed < model.layers().get(i).neurons()) {
          removedNeurons[i] = changed;
          left--;
        }
      }
      if (left == before) {
        throw new IllegalArgumentException(
            "no plan with these rates removes %.4f of the block parameters: %d neurons too %s are left"
                .formatted(sparsity, left, direction > 0 ? "few" : "many"));
      }
    }
  }

  private double removed(LayerRates rates) {
    double sum = 0;
    for (int i = 0; i < rates.rates().size(); i++) {
      sum += rates.rates().get(i) * model.layers().get(i).parameters();
    }
    return sum;
  }

  private LayerRates shifted(LayerRates rates, double shift) {
    List<Double> result = new ArrayList<>();
    for (int i = 0; i < rates.rates().size(); i++) {
      double most = highestRate(model.layers().get(i));
      result.add(Math.max(0.0, Math.min(most, rates.rates().get(i) + shift)));
    }
    return new LayerRates(result);
  }

  private void requireOneRateALayer(LayerRates rates) {
    if (rates.rates().size() != model.layers().size()) {
      throw new IllegalArgumentException(
          "%d rates for %d layers".formatted(rates.rates().size(), model.layers().size()));
    }
  }

  private static double highestRate(PrunableLayer layer) {
    return 1.0 - (double) layer.parameters(new LayerPlan(1, 1)) / layer.parameters();
  }

  private static long smallest(PrunableModel model) {
    return model.layers().stream().mapToLong(layer -> layer.parameters(new LayerPlan(1, 1))).sum();
  }
}
