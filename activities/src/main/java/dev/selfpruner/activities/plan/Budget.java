package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The share of a model's block parameters to remove, and the projections onto it: of rates, so that
 * their mean is the target, and of rates or another plan onto a plan that removes exactly that
 * share, to half a neuron.
 *
 * @param sparsity share of the block parameters to remove, in (0, 1)
 * @param widthMultiple what the neurons that a layer keeps are a multiple of: every layer keeps a
 *     multiple or all that it has, except at most one, which takes the remainder. Matrix products
 *     are faster at multiples of 8. 1 leaves widths as they come.
 */
public record Budget(PrunableModel model, double sparsity, int widthMultiple)
    implements PlanBudget {
  private static final int BISECTIONS = 100;

  /**
   * @throws IllegalArgumentException if the sparsity is not in (0, 1), the multiple is not
   *     positive, or the sparsity is more than a model that keeps one unit of heads and one
   *     multiple of neurons in every layer, and in one layer one neuron, can meet
   */
  public Budget {
    if (!(sparsity > 0.0 && sparsity < 1.0)) {
      throw new IllegalArgumentException("sparsity out of (0, 1): " + sparsity);
    }
    double reachable = 1.0 - (double) smallest(model, widthMultiple) / model.blockParameters();
    if (sparsity > reachable) {
      throw new IllegalArgumentException(
          "no plan removes %.4f of the block parameters: %.4f is the most when every layer keeps one %s and %s"
              .formatted(sparsity, reachable, leastAttention(model), leastWidth(widthMultiple)));
    }
  }

  /** A budget whose plans have widths as they come. */
  public Budget(PrunableModel model, double sparsity) {
    this(model, sparsity, 1);
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
  @Override
  public LayerRates project(LayerRates rates) {
    requireLayers(rates.rates().size(), "rates");
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
   * Units to keep for {@code rates}: floor(rate x units) units of query heads (single heads, unless
   * the layer says otherwise) go from each layer, neurons make up the rest, and the neurons that
   * rounding leaves over go to the layers that it cut short most. Rates off the budget are
   * projected onto it first. Where all neurons together could not make up the rest (high sparsity,
   * or attention that outweighs the MLP), single units of heads move too. At last all widths move
   * to multiples, each by less than one where every layer keeps one.
   *
   * @throws IllegalArgumentException if there is not one rate for each layer, or no plan meets the
   *     budget to half a neuron
   */
  @Override
  public PruningPlan plan(LayerRates rates) {
    Widths widths = new Widths(model, widthMultiple);
    PlanDraft draft = PlanDraft.ofRates(widths, project(rates), parametersToRemove());
    int direction = draft.headDirection();
    while (!draft.canBeFinished()) {
      Optional<PlanDraft> next =
          draft
              .withAnotherUnit()
              .filter(other -> other.canBeFinished() || other.headDirection() == direction);
      if (next.isEmpty()) { // units are too coarse to be moved one after the other
        return nearest(draft.wish());
      }
      draft = next.get();
    }
    return draft.finish();
  }

  /**
   * Units to keep for {@code rates}: each layer's attention keeps the units that come nearest to
   * its rate (the more of two that are as near), and neurons make up the rest, all MLPs' rates
   * shifted by the same amount. Where neurons could not make up the rest, units of attention move,
   * so that the sum of their squared distances from the rates, in parameters, stays least.
   *
   * @throws IllegalArgumentException if there is not one pair of rates for each layer, or no plan
   *     meets the budget to half a neuron
   */
  @Override
  public PruningPlan plan(BlockRates rates) {
    requireLayers(rates.attention().size(), "rates");
    double[] attention = new double[model.layers().size()];
    double[] neurons = new double[model.layers().size()];
    for (int i = 0; i < attention.length; i++) {
      PrunableLayer layer = model.layers().get(i);
      attention[i] = (1 - rates.attention().get(i)) * layer.attentionParameters(layer.queryHeads());
      neurons[i] = (1 - rates.mlp().get(i)) * layer.neurons();
    }
    return nearest(new Wish(attention, neurons));
  }

  /**
   * The plan nearest to {@code plan} that meets the budget: its heads, unless neurons could not
   * make up the rest, and its neurons, moved by the same share of every layer's. A plan that meets
   * the budget in widths that are allowed is its own completion.
   *
   * @throws IllegalArgumentException if the plan is not one of the model's, or no plan meets the
   *     budget to half a neuron
   */
  @Override
  public PruningPlan complete(PruningPlan plan) {
    model.parameters(plan); // refuses another model's
    double[] attention = new double[model.layers().size()];
    double[] neurons = new double[model.layers().size()];
    for (int i = 0; i < attention.length; i++) {
      LayerPlan kept = plan.layers().get(i);
      attention[i] = model.layers().get(i).attentionParameters(kept.queryHeads());
      neurons[i] = kept.neurons();
    }
    return nearest(new Wish(attention, neurons));
  }

  private PruningPlan nearest(Wish wish) {
    return wish.nearest(new Widths(model, widthMultiple), parametersToRemove())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no plan removes %.4f of the block parameters to one neuron: the layers have too few neurons for it%s"
                        .formatted(
                            sparsity,
                            widthMultiple == 1 ? "" : ", in multiples of " + widthMultiple)));
  }

  /** Uniform rates on the budget: the baseline that a search has to beat. */
  @Override
  public PruningPlan uniform() {
    return plan(LayerRates.uniform(model.layers().size(), sparsity));
  }

  /** In parameters. */
  @Override
  public long saved(Block block, int kept) {
    PrunableLayer layer = model.layers().get(block.layer());
    return switch (block.kind()) {
      case ATTENTION ->
          layer.attentionParameters(layer.queryHeads()) - layer.attentionParameters(kept);
      case MLP -> layer.neuronParameters() * (layer.neurons() - kept);
    };
  }

  @Override
  public double toSave() {
    return parametersToRemove();
  }

  /** The hidden size: all units' parameters are multiples of it. */
  @Override
  public long step() {
    return model.neuronParameters() / 3;
  }

  /** Half a neuron. */
  @Override
  public long tolerance() {
    return model.neuronParameters() / 2;
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

  private void requireLayers(int count, String what) {
    if (count != model.layers().size()) {
      throw new IllegalArgumentException(
          "%d %s for %d layers".formatted(count, what, model.layers().size()));
    }
  }

  /** The highest rate that a layer can have: one unit of attention and one neuron stay. */
  static double highestRate(PrunableLayer layer) {
    return 1.0 - (double) layer.parameters(layer.least()) / layer.parameters();
  }

  /** Block parameters that the smallest plan keeps. */
  static long smallest(PrunableModel model, int widthMultiple) {
    return model.layers().stream()
            .mapToLong(layer -> layer.attentionParameters(layer.least().queryHeads()))
            .sum()
        + model.neuronParameters() * new Widths(model, widthMultiple).fewest();
  }

  private static String leastAttention(PrunableModel model) {
    return model.layers().stream().allMatch(layer -> layer.headsInUnit() == 1)
        ? "query head"
        : "unit of query heads";
  }

  private static String leastWidth(int widthMultiple) {
    return widthMultiple == 1
        ? "one neuron"
        : "%d neurons or all that it has, but for one layer that keeps one neuron"
            .formatted(widthMultiple);
  }
}
