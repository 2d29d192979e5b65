package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import java.util.SplittableRandom;

/**
 * A stand-in for a model's perplexity, for measuring a search without a model: each layer has its
 * own sensitivity to lost heads and neurons, the ends of the model bear least, and a layer suffers
 * more when its neighbour is pruned as well.
 */
final class Landscape {
  private static final double DENSE_LOSS = 2.3;
  private static final double NEIGHBOURS = 1.0;

  private final PrunableModel model;
  private final double[] heads;
  private final double[] neurons;

  private final double neighbours;

  private Landscape(PrunableModel model, double[] heads, double[] neurons, double neighbours) {
    this.neighbours = neighbours;
    this.model = model;
    this.heads = heads;
    this.neurons = neurons;
  }

  static Landscape random(PrunableModel model, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int layers = model.layers().size();
    double[] heads = new double[layers];
    double[] neurons = new double[layers];
    for (int i = 0; i < layers; i++) {
      double end = i == 0 || i == layers - 1 ? 2.5 : 1.0;
      heads[i] = end * StrictMath.exp(0.9 * Chance.normal(random));
      neurons[i] = end * StrictMath.exp(0.9 * Chance.normal(random));
    }
    return new Landscape(model, heads, neurons, NEIGHBOURS);
  }

  /** The same without what neighbours do to each other: what blocks cost adds up. */
  Landscape additive() {
    return new Landscape(model, heads, neurons, 0.0);
  }

  double perplexity(PruningPlan plan) {
    double loss = 0;
    double before = 0;
    for (int i = 0; i < plan.layers().size(); i++) {
      PrunableLayer layer = model.layers().get(i);
      LayerPlan kept = plan.layers().get(i);
      double lostHeads = 1.0 - (double) kept.queryHeads() / layer.queryHeads();
      double lostNeurons = 1.0 - (double) kept.neurons() / layer.neurons();
      double harm =
          heads[i] * StrictMath.pow(lostHeads, 1.7) + neurons[i] * StrictMath.pow(lostNeurons, 1.7);
      loss += harm + neighbours * harm * before;
      before = harm;
    }
    return StrictMath.exp(DENSE_LOSS + 0.35 * loss * 10 / plan.layers().size());
  }
}
