package dev.selfpruner.activities.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A plan in a file or in the store, with what its counts of units don't say: which units its search
 * kept, and what made up for the others.
 *
 * @param layers units kept per decoder layer, as a {@link PruningPlan} has them
 * @param order in which units were removed; null means {@link RemovalOrder#WANDA_SP}
 * @param attentionUnit what went from attention at once; null means {@link
 *     AttentionUnit#QUERY_HEAD}
 * @param compensation for the units that went; null means none
 * @param dampings tried in a final fit; null means that there was none
 */
public record FoundPlan(
    List<LayerPlan> layers,
    RemovalOrder order,
    AttentionUnit attentionUnit,
    Compensation compensation,
    List<Double> dampings) {
  private static final List<String> OF_METHOD =
      List.of("order", "attentionUnit", "compensation", "dampings");

  public FoundPlan {
    if (layers == null) {
      throw new IllegalArgumentException(
          "a plan has layers: {\"layers\": [{\"queryHeads\": 8, \"neurons\": 1229}, ...]}");
    }
    layers = new PruningPlan(layers).layers(); // which refuses none
    order = Optional.ofNullable(order).orElse(RemovalOrder.WANDA_SP);
    attentionUnit = Optional.ofNullable(attentionUnit).orElse(AttentionUnit.QUERY_HEAD);
    compensation = Optional.ofNullable(compensation).orElse(new Compensation.None());
    dampings = List.copyOf(Optional.ofNullable(dampings).orElse(List.of()));
  }

  /**
   * The plan of a search as JSON.
   *
   * @param plan a {@link PruningPlan}
   * @param method a {@link Method}, of whatever version; missing where the search had none
   */
  public static ObjectNode json(ObjectNode plan, JsonNode method) {
    ObjectNode found = plan.deepCopy();
    for (String field : OF_METHOD) {
      if (method.hasNonNull(field)) {
        found.set(field, method.get(field));
      }
    }
    return found;
  }

  /** The same, of a search whose spec is JSON. */
  public static ObjectNode json(PruningPlan plan, String spec) {
    return json(
        Json.mapper().<ObjectNode>valueToTree(plan),
        Json.read(spec, JsonNode.class).path("method").path(0));
  }

  /** The counts alone. */
  public PruningPlan plan() {
    return new PruningPlan(layers);
  }

  /** What its model has beyond Wanda-sp's slices of single heads, in words; empty where nothing. */
  public List<String> beyondSlices() {
    List<String> words = new ArrayList<>();
    if (order != RemovalOrder.WANDA_SP) {
      words.add("the order " + words(order));
    }
    if (attentionUnit != AttentionUnit.QUERY_HEAD) {
      words.add("attention by " + words(attentionUnit));
    }
    if (!dampings.isEmpty() || compensation instanceof Compensation.LeastSquares) {
      words.add("a least-squares fit");
    }
    return words;
  }

  private static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
