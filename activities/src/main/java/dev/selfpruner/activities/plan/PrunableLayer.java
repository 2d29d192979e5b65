package dev.selfpruner.activities.plan;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a plan needs to know of one decoder layer: its sizes, and which query head goes first. A
 * key-value head goes with the last query head that reads it.
 *
 * @param hiddenSize width of the residual stream
 * @param headSize width of one attention head
 * @param neurons intermediate neurons of the MLP
 * @param keyValueHeadOfQueryHead for each query head, the key-value head that it reads
 * @param headsAscending the query heads from the least to the most important
 */
public record PrunableLayer(
    int hiddenSize,
    int headSize,
    int neurons,
    List<Integer> keyValueHeadOfQueryHead,
    List<Integer> headsAscending) {

  public PrunableLayer {
    keyValueHeadOfQueryHead = List.copyOf(keyValueHeadOfQueryHead);
    headsAscending = List.copyOf(headsAscending);
    if (hiddenSize < 1 || headSize < 1 || neurons < 1 || keyValueHeadOfQueryHead.isEmpty()) {
      throw new IllegalArgumentException("a layer has positive sizes and at least one query head");
    }
    List<Integer> allHeads = IntStream.range(0, keyValueHeadOfQueryHead.size()).boxed().toList();
    if (!headsAscending.stream().sorted().toList().equals(allHeads)) {
      throw new IllegalArgumentException("not an order of the query heads: " + headsAscending);
    }
    List<Integer> groups = keyValueHeadOfQueryHead.stream().distinct().sorted().toList();
    if (!groups.equals(IntStream.range(0, groups.size()).boxed().toList())) {
      throw new IllegalArgumentException(
          "key-value heads are numbered from 0 without gaps: " + keyValueHeadOfQueryHead);
    }
  }

  public int queryHeads() {
    return keyValueHeadOfQueryHead.size();
  }

  /** Key-value heads that are still read when the {@code keptQueryHeads} most important stay. */
  public int keyValueHeadsKept(int keptQueryHeads) {
    Set<Integer> groups = new HashSet<>();
    for (int head : headsAscending.subList(queryHeads() - keptQueryHeads, queryHeads())) {
      groups.add(keyValueHeadOfQueryHead.get(head));
    }
    return groups.size();
  }

  /** Parameters of gate, up and down projection that belong to one neuron. */
  public long neuronParameters() {
    return 3L * hiddenSize;
  }

  /** Parameters of q, k, v and o projection that stay with {@code keptQueryHeads}. */
  public long attentionParameters(int keptQueryHeads) {
    return 2L * hiddenSize * headSize * (keptQueryHeads + keyValueHeadsKept(keptQueryHeads));
  }

  public long parameters(LayerPlan kept) {
    if (kept.queryHeads() > queryHeads() || kept.neurons() > neurons) {
      throw new IllegalArgumentException(
          "the layer has %d query heads and %d neurons; it cannot keep %d and %d"
              .formatted(queryHeads(), neurons, kept.queryHeads(), kept.neurons()));
    }
    return attentionParameters(kept.queryHeads()) + neuronParameters() * kept.neurons();
  }

  public LayerPlan dense() {
    return new LayerPlan(queryHeads(), neurons);
  }

  public long parameters() {
    return parameters(dense());
  }
}
