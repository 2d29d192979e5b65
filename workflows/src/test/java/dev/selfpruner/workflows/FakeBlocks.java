package dev.selfpruner.workflows;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.TextWindows;
import java.util.ArrayList;
import java.util.List;

/**
 * A model of three layers, each of four heads of 25 parameters and 100 neurons of one, whose loss
 * is a formula: what a block loses hurts with its square, by a weight of its own, and more if its
 * neighbour lost much too, so that what is best for each block alone is not best for all. Every
 * window adds its own noise, so that more windows tell more.
 */
final class FakeBlocks {
  static final int LAYERS = 3;
  static final int HEADS = 4;
  static final int HEAD_SIZE = 25;
  static final int NEURONS = 100;
  static final int PARAMETERS = LAYERS * (HEADS * HEAD_SIZE + NEURONS);
  static final PruningPlan DENSE = plan(new int[] {4, 4, 4}, new int[] {100, 100, 100});

  /** A text without noise. */
  static final String TEST = "test";

  private static final double[] WEIGHTS = {2.0, 0.6, 1.5, 0.3, 1.8, 0.9};
  private static final double NEIGHBOURS = 1.5;
  private static final double NOISE = 0.2;

  private FakeBlocks() {}

  static PruningPlan plan(int[] heads, int[] neurons) {
    List<LayerPlan> layers = new ArrayList<>();
    for (int i = 0; i < LAYERS; i++) {
      layers.add(new LayerPlan(heads[i], neurons[i]));
    }
    return new PruningPlan(layers);
  }

  static int parameters(PruningPlan plan) {
    return plan.layers().stream()
        .mapToInt(layer -> layer.queryHeads() * HEAD_SIZE + layer.neurons())
        .sum();
  }

  static LayerRates rates(PruningPlan plan) {
    return new LayerRates(
        plan.layers().stream()
            .map(layer -> 1 - (layer.queryHeads() * HEAD_SIZE + layer.neurons()) / 200.0)
            .toList());
  }

  static double perplexity(PruningPlan plan, TextWindows text, Compensation compensation) {
    double madeUp = compensation instanceof Compensation.LeastSquares ? 0.5 : 1.0;
    return Math.exp(1 + madeUp * lost(plan) * (1 + noise(plan, text)));
  }

  private static double lost(PruningPlan plan) {
    double loss = 0;
    double before = 0;
    for (int block = 0; block < 2 * LAYERS; block++) {
      LayerPlan layer = plan.layers().get(block / 2);
      double removed =
          block % 2 == 0
              ? 1 - layer.queryHeads() / (double) HEADS
              : 1 - layer.neurons() / (double) NEURONS;
      loss += WEIGHTS[block] * removed * removed + NEIGHBOURS * removed * before;
      before = removed;
    }
    return loss;
  }

  /** Mean of every window's, in plus or minus {@link #NOISE}. */
  private static double noise(PruningPlan plan, TextWindows text) {
    if (text.path().equals(TEST)) {
      return 0;
    }
    double sum = 0;
    for (int window = 0; window < text.windows(); window++) {
      String what = "%s %s %d".formatted(plan.digest(), text.path(), text.firstWindow() + window);
      sum += Integer.parseInt(Digests.sha256(what).substring(0, 6), 16) / (double) 0x800000 - 1;
    }
    return NOISE * sum / text.windows();
  }
}
