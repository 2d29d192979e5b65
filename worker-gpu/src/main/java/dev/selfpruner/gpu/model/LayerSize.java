package dev.selfpruner.gpu.model;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Units of one decoder layer.
 *
 * @param keyValueHeadOfQueryHead for each query head, the key-value head that it reads; key-value
 *     heads are numbered from 0 without gaps
 * @param neurons intermediate neurons of the MLP
 */
public record LayerSize(List<Integer> keyValueHeadOfQueryHead, int neurons) {
  public LayerSize {
    keyValueHeadOfQueryHead = List.copyOf(keyValueHeadOfQueryHead);
    if (keyValueHeadOfQueryHead.isEmpty() || neurons < 1) {
      throw new IllegalArgumentException("a layer has at least one query head and one neuron");
    }
    List<Integer> groups = keyValueHeadOfQueryHead.stream().distinct().sorted().toList();
    if (!groups.equals(IntStream.range(0, groups.size()).boxed().toList())) {
      throw new IllegalArgumentException(
          "key-value heads are numbered from 0 without gaps, not " + keyValueHeadOfQueryHead);
    }
  }

  /** A layer of a dense model: neighbouring query heads share a key-value head, all alike. */
  public static LayerSize grouped(int queryHeads, int keyValueHeads, int neurons) {
    if (keyValueHeads < 1 || queryHeads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          "%d query heads cannot share %d key-value heads evenly"
              .formatted(queryHeads, keyValueHeads));
    }
    int group = queryHeads / keyValueHeads;
    return new LayerSize(
        IntStream.range(0, queryHeads).map(head -> head / group).boxed().toList(), neurons);
  }

  public int queryHeads() {
    return keyValueHeadOfQueryHead.size();
  }

  public int keyValueHeads() {
    return 1 + keyValueHeadOfQueryHead.stream().mapToInt(Integer::intValue).max().orElseThrow();
  }
}
