package dev.selfpruner.gpu.bench;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.model.LlamaConfig;

/**
 * Floating-point operations that a pruned model's matrix products need, at the least: two for each
 * parameter and token, and causal attention's two products, half of which are never used.
 */
final class Flops {
  private Flops() {}

  /** From the embedding to the loss, for windows of one length. */
  static double of(
      LlamaConfig config, PrunableModel prunable, PruningPlan plan, int windows, int length) {
    double tokens = (double) windows * length;
    double sum = 2.0 * tokens * config.vocabularySize() * config.hiddenSize();
    for (int i = 0; i < plan.layers().size(); i++) {
      sum += ofLayer(prunable.layers().get(i), plan.layers().get(i), windows, length);
    }
    return sum;
  }

  private static double ofLayer(PrunableLayer layer, LayerPlan kept, int windows, int length) {
    double products = 2.0 * layer.parameters(kept) * windows * length;
    double attention =
        2.0 * length * length * layer.headSize() * kept.queryHeads() * windows; // 4 / 2
    return products + attention;
  }
}
