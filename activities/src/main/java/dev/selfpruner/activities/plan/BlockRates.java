package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Share of each block's own parameters to remove, attention and MLP apart, in layer order.
 *
 * @param attention of q, k, v and o projection, in [0, 1)
 * @param mlp of gate, up and down projection, in [0, 1)
 */
public record BlockRates(List<Double> attention, List<Double> mlp) {
  public BlockRates {
    attention = List.copyOf(attention);
    mlp = List.copyOf(mlp);
    if (attention.isEmpty() || attention.size() != mlp.size()) {
      throw new IllegalArgumentException(
          "every decoder layer has a rate for attention and one for its MLP, not %d and %d in all"
              .formatted(attention.size(), mlp.size()));
    }
    for (double rate : Stream.concat(attention.stream(), mlp.stream()).toList()) {
      if (!(rate >= 0.0 && rate < 1.0)) { // also catches NaN
        throw new IllegalArgumentException("block rate out of [0, 1): " + rate);
      }
    }
  }

  public static BlockRates uniform(int layers, double attention, double mlp) {
    return new BlockRates(Collections.nCopies(layers, attention), Collections.nCopies(layers, mlp));
  }

  /**
   * The rates that a plan has: a budget that the plan meets makes the same plan of them.
   *
   * @throws IllegalArgumentException if the plan is not one of the model's
   */
  public static BlockRates of(PrunableModel model, PruningPlan plan) {
    model.parameters(plan); // refuses another model's
    List<Double> attention = new ArrayList<>();
    List<Double> mlp = new ArrayList<>();
    for (int i = 0; i < model.layers().size(); i++) {
      PrunableLayer layer = model.layers().get(i);
      LayerPlan kept = plan.layers().get(i);
      attention.add(
          1.0
              - (double) layer.attentionParameters(kept.queryHeads())
                  / layer.attentionParameters(layer.queryHeads()));
      mlp.add(1.0 - (double) kept.neurons() / layer.neurons());
    }
    return new BlockRates(attention, mlp);
  }
}
