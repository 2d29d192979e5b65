package dev.selfpruner.gpu.llama;

import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.LayerSize;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where a layer's units lie in memory: position i holds unit {@code queryHeads[i]} of the stored
 * model. The most important come first, and key-value heads in the order in which the query heads
 * first read them, so that whatever is kept is a prefix.
 *
 * @param keyValueHeadOfQueryHead for each position of a query head, the position of the key-value
 *     head that it reads
 */
public record LayerLayout(
    List<Integer> queryHeads,
    List<Integer> keyValueHeads,
    List<Integer> keyValueHeadOfQueryHead,
    List<Integer> neurons) {
  public LayerLayout {
    queryHeads = List.copyOf(queryHeads);
    keyValueHeads = List.copyOf(keyValueHeads);
    keyValueHeadOfQueryHead = List.copyOf(keyValueHeadOfQueryHead);
    neurons = List.copyOf(neurons);
  }

  /** Units as the model stores them. */
  static LayerLayout stored(LayerSize size) {
    return of(size, range(size.queryHeads()), range(size.neurons()));
  }

  static LayerLayout mostImportantFirst(LayerSize size, LayerOrder order) {
    int[] ascending = order.neuronsAscending();
    return of(
        size, reversed(order.headsAscending()), reversed(IntStream.of(ascending).boxed().toList()));
  }

  private static LayerLayout of(LayerSize size, List<Integer> heads, List<Integer> neurons) {
    List<Integer> groups = heads.stream().map(size.keyValueHeadOfQueryHead()::get).toList();
    List<Integer> keyValueHeads = groups.stream().distinct().toList();
    return new LayerLayout(
        heads, keyValueHeads, groups.stream().map(keyValueHeads::indexOf).toList(), neurons);
  }

  /** Key-value heads that the first {@code queryHeads} query heads read. */
  int keyValueHeadsOf(int queryHeads) {
    return 1
        + keyValueHeadOfQueryHead.subList(0, queryHeads).stream()
            .mapToInt(Integer::intValue)
            .max()
            .orElseThrow();
  }

  private static List<Integer> range(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private static List<Integer> reversed(List<Integer> ascending) {
    List<Integer> descending = new ArrayList<>(ascending);
    Collections.reverse(descending);
    return descending;
  }
}
