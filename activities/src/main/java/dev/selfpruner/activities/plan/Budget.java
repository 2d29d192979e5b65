package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * The share of a model's block parameters to remove, and the two projections onto it: of rates, so
 * that their mean is the target, and of rates onto a plan that removes exactly that share, to one
 * neuron.
 *
 * @param sparsity share of the block parameters to remove, in (0, 1)
 * @param widthMultiple what the neurons that a layer keeps are a multiple of: every layer keeps a
 *     multiple or all that it has, except at most one, which takes the remainder. Matrix products
 *     are faster at multiples of 8. 1 leaves widths as they come.
 */
public record Budget(PrunableModel model, double sparsity, int widthMultiple) {
  private static final int BISECTIONS = 100;

  /**
   * @throws IllegalArgumentException if the sparsity is not in (0, 1), the multiple is not
   *     positive, or the sparsity is more than a model that keeps one head and one multiple of
   *     neurons in every layer, and in one layer one neuron, can meet
   */
  public Budget {
    if (!(sparsity > 0.0 && sparsity < 1.0)) {
      throw new IllegalArgumentException("sparsity out of (0, 1): " + sparsity);
    }
    double reachable = 1.0 - (double) smallest(model, widthMultiple) / model.blockParameters();
    if (sparsity > reachable) {
      throw new IllegalArgumentException(
          "no plan removes %.4f of the block parameters: %.4f is the most when every layer keeps one query head and %s"
              .formatted(sparsity, reachable, leastWidth(widthMultiple)));
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
   * most. Rates off the budget are projected onto it first. Where all neurons together could not
   * make up the rest (high sparsity, or attention that outweighs the MLP), single heads move too.
   * At last all widths move to multiples, each by less than one where every layer keeps one.
   *
   * @throws IllegalArgumentException if there is not one rate for each layer, or the layers have
   *     too few neurons to meet the budget
   */
  public PruningPlan plan(LayerRates rates) {
    Widths widths = new Widths(model, widthMultiple);
    PlanDraft draft = PlanDraft.ofRates(widths, project(rates), parametersToRemove());
    int direction = draft.headDirection();
    while (!draft.canBeFinished()) {
      draft =
          draft
              .withAnotherHead()
              .filter(next -> next.canBeFinished() || next.headDirection() == direction)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "no plan removes %.4f of the block parameters to one neuron: the layers have too few neurons for it%s"
                              .formatted(
                                  sparsity,
                                  widthMultiple == 1 ? "" : ", in multiples of " + widthMultiple)));
    }
    return draft.finish();
  }

  /** Uniform rates on the budget: the baseline that a search has to beat. */
  public PruningPlan uniform() {
    return plan(LayerRates.uniform(model.layers().size(), sparsity));
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

  private static long smallest(PrunableModel model, int widthMultiple) {
    return model.layers().stream().mapToLong(layer -> layer.attentionParameters(1)).sum()
        + model.layers().get(0).neuronParameters() * new Widths(model, widthMultiple).fewest();
  }

  private static String leastWidth(int widthMultiple) {
    return widthMultiple == 1
        ? "one neuron"
        : "%d neurons or all that it has, but for one layer that keeps one neuron"
            .formatted(widthMultiple);
  }
}
