package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import java.util.ArrayList;
import java.util.List;

/** From plans to rates, and from a layer's rate to its units. */
final class Shares {
  /** 0.3 * 10 heads is 3 heads, whatever the last bit of the product says. */
  private static final double ROUNDING = 1e-9;

  private Shares() {}

  /** The share of its parameters that each layer loses. */
  static LayerRates removed(PrunableModel model, PruningPlan plan) {
    List<Double> rates = new ArrayList<>();
    for (int i = 0; i < plan.layers().size(); i++) {
      PrunableLayer layer = model.layers().get(i);
      rates.add(1.0 - (double) layer.parameters(plan.layers().get(i)) / layer.parameters());
    }
    return new LayerRates(rates);
  }

  /** What one layer keeps by itself: floor(rate x units) of attention go, neurons for the rest. */
  static LayerPlan atRate(PrunableLayer layer, double rate) {
    int gone = (int) Math.floor(rate * layer.attentionUnits() + ROUNDING);
    int heads = layer.headsOf(Math.max(1, layer.attentionUnits() - gone));
    long byHeads = layer.attentionParameters(layer.queryHeads()) - layer.attentionParameters(heads);
    long neurons = Math.round((rate * layer.parameters() - byHeads) / layer.neuronParameters());
    return new LayerPlan(
        heads, (int) Math.max(1, Math.min(layer.neurons(), layer.neurons() - neurons)));
  }

  /** The same, where one layer keeps something else. */
  static LayerRates with(PrunableModel model, LayerRates shares, int index, LayerPlan kept) {
    PrunableLayer layer = model.layers().get(index);
    List<Double> rates = new ArrayList<>(shares.rates());
    rates.set(index, 1.0 - (double) layer.parameters(kept) / layer.parameters());
    return new LayerRates(rates);
  }

  /** A plan with another layer at one place. */
  static PruningPlan with(PruningPlan plan, int index, LayerPlan layer) {
    List<LayerPlan> layers = new ArrayList<>(plan.layers());
    layers.set(index, layer);
    return new PruningPlan(layers);
  }
}
