package dev.selfpruner.activities.plan;

/**
 * Units that one decoder layer keeps: the most important ones of a fixed order, so a count says
 * which.
 *
 * @param queryHeads query heads kept, at least 1
 * @param neurons intermediate neurons kept, at least 1
 */
public record LayerPlan(int queryHeads, int neurons) {
  public LayerPlan {
    if (queryHeads < 1 || neurons < 1) {
      throw new IllegalArgumentException(
          "a layer keeps at least one query head and one neuron, not %d and %d"
              .formatted(queryHeads, neurons));
    }
  }
}
