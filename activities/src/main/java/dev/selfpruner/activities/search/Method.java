package dev.selfpruner.activities.search;

import dev.selfpruner.activities.plan.AttentionUnit;
import java.util.List;

/**
 * How a search goes beyond the published one: what it searches, what it measures first, how it
 * selects, and what makes up for the removed units.
 *
 * @param space what candidates differ in
 * @param attentionUnit what goes from attention at once
 * @param order in which a layer's units are removed
 * @param compensation for the units that go, while candidates are compared
 * @param dampings tried in the final fit, layer by layer, of the best candidate; none for the
 *     weights that it was compared with
 * @param probing of single blocks
 * @param mix of operators
 * @param stages of selection, with growing windows; at least one
 * @param heldOut text that the last population is compared on once more: none, or one
 */
public record Method(
    SearchSpace space,
    AttentionUnit attentionUnit,
    RemovalOrder order,
    Compensation compensation,
    List<Double> dampings,
    Probing probing,
    Mix mix,
    List<Stage> stages,
    List<TextWindows> heldOut) {
  public Method {
    requireGiven("space", space);
    requireGiven("attentionUnit", attentionUnit);
    requireGiven("order", order);
    requireGiven("compensation", compensation);
    requireGiven("dampings", dampings);
    requireGiven("probing", probing);
    requireGiven("mix", mix);
    requireGiven("stages", stages);
    requireGiven("heldOut", heldOut);
    dampings = List.copyOf(dampings);
    stages = List.copyOf(stages);
    heldOut = List.copyOf(heldOut);
    if (stages.isEmpty()) {
      throw new IllegalArgumentException("selection has at least one stage");
    }
    if (heldOut.size() > 1) {
      throw new IllegalArgumentException("more than one held-out text");
    }
    if (order == RemovalOrder.BRAIN_SURGEON && compensation instanceof Compensation.None) {
      throw new IllegalArgumentException(
          "the brain surgeon's order is worse than any without the fit that belongs to it: compare candidates with least squares, or use Wanda-sp's order");
    }
  }

  private static void requireGiven(String field, Object value) {
    if (value == null) {
      throw new IllegalArgumentException(field + " is missing");
    }
  }
}
