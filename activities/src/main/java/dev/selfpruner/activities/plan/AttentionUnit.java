package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What goes from a layer's attention at once. Where every query head has a key-value head of its
 * own, all three are single heads.
 */
public enum AttentionUnit {
  /** A query head; its key-value head goes with the last query head that reads it. */
  QUERY_HEAD,
  /** One query head of every group, so that groups stay of equal size: key-value heads all stay. */
  HEAD_OF_EVERY_GROUP,
  /** A key-value head with all query heads that read it. */
  GROUP;

  /**
   * Query heads in a unit.
   *
   * @param keyValueHeadOfQueryHead for each query head of a layer, the key-value head that it reads
   * @throws IllegalArgumentException if the layer's groups are of unequal size, and units are not
   *     single heads
   */
  public int headsInUnit(List<Integer> keyValueHeadOfQueryHead) {
    Collection<Long> sizes =
        keyValueHeadOfQueryHead.stream()
            .collect(Collectors.groupingBy(group -> group, TreeMap::new, Collectors.counting()))
            .values();
    if (this != QUERY_HEAD && new HashSet<>(sizes).size() > 1) {
      throw new IllegalArgumentException(
          "key-value heads are read by %s query heads: units of equal size need groups of equal size; single query heads can still go"
              .formatted(sizes.stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }
    boolean grouped = sizes.size() < keyValueHeadOfQueryHead.size();
    return switch (this) {
      case QUERY_HEAD -> 1;
      case HEAD_OF_EVERY_GROUP -> grouped ? sizes.size() : 1;
      case GROUP -> keyValueHeadOfQueryHead.size() / sizes.size();
    };
  }

  /**
   * Checks that heads that stand next to each other are units.
   *
   * @param keyValueHeadOfQueryHead for each query head of a layer, the key-value head that it reads
   * @param headsAscending the layer's query heads in the order in which they go
   * @throws IllegalArgumentException if they aren't, or if there are no such units
   */
  public void requireInUnits(List<Integer> keyValueHeadOfQueryHead, List<Integer> headsAscending) {
    int size = headsInUnit(keyValueHeadOfQueryHead);
    int groups = this == HEAD_OF_EVERY_GROUP ? size : 1;
    for (int from = 0; from < headsAscending.size(); from += size) {
      List<Integer> unit = new ArrayList<>(headsAscending.subList(from, from + size));
      Set<Integer> read =
          unit.stream().map(keyValueHeadOfQueryHead::get).collect(Collectors.toSet());
      if (read.size() != groups) {
        throw new IllegalArgumentException(
            "query heads %s go at once, but are not %s"
                .formatted(unit, this == GROUP ? "a group" : "one of every group"));
      }
    }
  }
}
