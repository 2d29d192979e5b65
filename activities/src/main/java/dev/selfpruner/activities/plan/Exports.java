package dev.selfpruner.activities.plan;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which runtimes can hold a plan as it is.
 *
 * @param obstacles why a runtime can't, for those that can't
 */
public record Exports(Map<ModelRuntime, String> obstacles) {
  public Exports {
    obstacles = Map.copyOf(obstacles);
  }

  /**
   * Judges a plan by what the runtimes were seen to load.
   *
   * @throws IllegalArgumentException if the plan is not one of the model's
   */
  public static Exports of(PrunableModel model, PruningPlan plan) {
    model.parameters(plan); // refuses another model's
    Map<ModelRuntime, String> obstacles = new EnumMap<>(ModelRuntime.class);
    Optional<String> headSizes = unequalHeadSizes(model);
    Optional<String> groups = unequalGroups(model, plan);
    Stream.of(headSizes, unequalHeads(plan), groups)
        .flatMap(Optional::stream)
        .findFirst()
        .ifPresent(obstacle -> obstacles.put(ModelRuntime.VLLM, obstacle));
    Stream.of(headSizes, groups)
        .flatMap(Optional::stream)
        .findFirst()
        .ifPresent(obstacle -> obstacles.put(ModelRuntime.LLAMA_CPP, obstacle));
    return new Exports(obstacles);
  }

  /** The runtimes that can hold the plan, in the order of {@link ModelRuntime}. */
  public List<ModelRuntime> possible() {
    return Stream.of(ModelRuntime.values())
        .filter(runtime -> !obstacles.containsKey(runtime))
        .toList();
  }

  private static Optional<String> unequalHeads(PruningPlan plan) {
    int first = plan.layers().get(0).queryHeads();
    for (int i = 1; i < plan.layers().size(); i++) {
      int heads = plan.layers().get(i).queryHeads();
      if (heads != first) {
        return Optional.of(
            "layer 0 keeps %d query heads, layer %d %d: every layer has to keep as many"
                .formatted(first, i, heads));
      }
    }
    return Optional.empty();
  }

  /** Query head q of n reads key-value head q / (n / m) of m: groups have no sizes of their own. */
  private static Optional<String> unequalGroups(PrunableModel model, PruningPlan plan) {
    for (int i = 0; i < model.layers().size(); i++) {
      PrunableLayer layer = model.layers().get(i);
      int heads = plan.layers().get(i).queryHeads();
      Map<Integer, Integer> groups = new HashMap<>();
      List<Integer> order = layer.headsAscending();
      for (int head : order.subList(order.size() - heads, order.size())) {
        groups.merge(layer.keyValueHeadOfQueryHead().get(head), 1, Integer::sum);
      }
      if (heads % groups.size() != 0) {
        return Optional.of(
            "layer %d keeps %d query heads, no multiple of its %d key-value heads"
                .formatted(i, heads, groups.size()));
      }
      if (new HashSet<>(groups.values()).size() > 1) {
        return Optional.of(
            "layer %d keeps %s query heads of its key-value heads: it has to be as many of each"
                .formatted(
                    i, String.join(", ", groups.values().stream().map(String::valueOf).toList())));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> unequalHeadSizes(PrunableModel model) {
    return model.layers().stream().mapToInt(PrunableLayer::headSize).distinct().count() > 1
        ? Optional.of("the layers' heads differ in size")
        : Optional.empty();
  }
}
