package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Moves units from one block to another, so that the budget holds (EvoPress' level switch;
 * Sieberling et al. 2024, section 3).
 */
public record LevelSwitch(PlanBudget budget) {
  /**
   * One block keeps fewer units, the other more, by about the same parameters; neurons of all
   * layers make up for what whole units leave over. Attention moves by the number of units that
   * comes nearest to {@code parameters}, and by at least one; an MLP by what the attention on the
   * other side moves, or else by the nearest number of neurons, at least one width multiple.
   *
   * @param parameters to move, positive
   * @return empty where a block has not that much to give or to take back, where both are the same
   *     block, or where neurons can't make up for what is left
   * @throws IllegalArgumentException if the plan is not one of the model's, or a block is none of
   *     its, or nothing is to be moved
   */
  public Optional<PruningPlan> move(PruningPlan plan, Block gives, Block takes, double parameters) {
    budget.model().parameters(plan); // refuses another model's
    if (Math.max(gives.layer(), takes.layer()) >= budget.model().layers().size()) {
      throw new IllegalArgumentException(
          "no layer %d in a model of %d"
              .formatted(Math.max(gives.layer(), takes.layer()), budget.model().layers().size()));
    }
    if (!(parameters > 0)) {
      throw new IllegalArgumentException("a positive number moves, not " + parameters);
    }
    if (gives.equals(takes)) {
      return Optional.empty();
    }
    boolean givesFirst = gives.kind() == Block.Kind.ATTENTION;
    Block first = givesFirst ? gives : takes; // attention is coarser: the other follows it
    Block second = givesFirst ? takes : gives;
    int firstSign = givesFirst ? -1 : 1;
    return moved(plan, first, firstSign, parameters)
        .flatMap(
            one -> moved(one, second, -firstSign, difference(plan, one)).flatMap(this::completed))
        .filter(next -> gives.kept(next) < gives.kept(plan))
        .filter(next -> takes.kept(next) > takes.kept(plan));
  }

  private double difference(PruningPlan plan, PruningPlan other) {
    return Math.abs(budget.model().parameters(plan) - budget.model().parameters(other));
  }

  /** The plan on the budget, if it can keep its heads there. */
  private Optional<PruningPlan> completed(PruningPlan plan) {
    PruningPlan complete;
    try {
      complete = budget.complete(plan);
    } catch (IllegalArgumentException e) { // no plan meets the budget
      return Optional.empty();
    }
    return heads(complete).equals(heads(plan)) ? Optional.of(complete) : Optional.empty();
  }

  private Optional<PruningPlan> moved(PruningPlan plan, Block block, int sign, double parameters) {
    PrunableLayer layer = budget.model().layers().get(block.layer());
    LayerPlan kept = plan.layers().get(block.layer());
    Optional<LayerPlan> next =
        switch (block.kind()) {
          case ATTENTION -> withUnits(layer, kept, sign, parameters);
          case MLP -> withNeurons(layer, kept, sign, parameters);
        };
    return next.map(
        changed -> {
          List<LayerPlan> layers = new ArrayList<>(plan.layers());
          layers.set(block.layer(), changed);
          return new PruningPlan(layers);
        });
  }

  private static Optional<LayerPlan> withUnits(
      PrunableLayer layer, LayerPlan kept, int sign, double parameters) {
    int units = layer.unitsOf(kept.queryHeads()) + sign;
    if (units < 1 || units > layer.attentionUnits()) {
      return Optional.empty();
    }
    long before = layer.attentionParameters(kept.queryHeads());
    int next = units + sign;
    while (next >= 1
        && next <= layer.attentionUnits()
        && distance(layer, next, before, parameters) < distance(layer, units, before, parameters)) {
      units = next;
      next += sign;
    }
    return Optional.of(new LayerPlan(layer.headsOf(units), kept.neurons()));
  }

  private static double distance(PrunableLayer layer, int units, long before, double parameters) {
    long after = layer.attentionParameters(layer.headsOf(units));
    return Math.abs(Math.abs(after - before) - parameters);
  }

  private Optional<LayerPlan> withNeurons(
      PrunableLayer layer, LayerPlan kept, int sign, double parameters) {
    long neurons =
        Math.max(budget.widthMultiple(), Math.round(parameters / layer.neuronParameters()));
    long next = kept.neurons() + sign * neurons;
    return next < 1 || next > layer.neurons()
        ? Optional.empty()
        : Optional.of(new LayerPlan(kept.queryHeads(), (int) next));
  }

  private static List<Integer> heads(PruningPlan plan) {
    return plan.layers().stream().map(LayerPlan::queryHeads).toList();
  }
}
