package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LlamaConfig;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** A model as plans see it before importance is known: sizes and budgets do not depend on it. */
final class StoredUnits {
  private StoredUnits() {}

  /**
   * The layers with query heads in the order in which units of them are stored.
   *
   * @throws IllegalArgumentException if groups are of unequal size, and units are not single heads;
   *     names the layer
   */
  static PrunableModel prunable(LlamaConfig config, AttentionUnit unit) {
    return new PrunableModel(
        IntStream.range(0, config.layers().size()).mapToObj(i -> layer(config, unit, i)).toList());
  }

  private static PrunableLayer layer(LlamaConfig config, AttentionUnit unit, int index) {
    LayerSize layer = config.layers().get(index);
    List<Integer> groups = layer.keyValueHeadOfQueryHead();
    try {
      return new PrunableLayer(
          config.hiddenSize(),
          config.headSize(),
          layer.neurons(),
          groups,
          heads(groups, unit),
          unit.headsInUnit(groups));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--attention-unit %s: layer %d: %s".formatted(Choice.words(unit), index, e.getMessage()),
          e);
    }
  }

  private static List<Integer> heads(List<Integer> groups, AttentionUnit unit) {
    Comparator<Integer> order =
        switch (unit) {
          case QUERY_HEAD -> Comparator.naturalOrder();
          case GROUP -> Comparator.comparing(groups::get);
          case HEAD_OF_EVERY_GROUP -> Comparator.comparing(head -> before(groups, head));
        };
    return IntStream.range(0, groups.size()).boxed().sorted(order).toList();
  }

  /** Heads of the same group that are stored before this one. */
  private static long before(List<Integer> groups, int head) {
    return groups.subList(0, head).stream().filter(groups.get(head)::equals).count();
  }
}
