package dev.selfpruner.activities.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a plan needs to know of one decoder layer: its sizes, and which query head goes first. A
 * key-value head goes with the last query head that reads it. Query heads go in units of equal
 * size, and plans keep whole units or all heads.
 *
 * @param hiddenSize width of the residual stream
 * @param headSize width of one attention head
 * @param neurons intermediate neurons of the MLP
 * @param keyValueHeadOfQueryHead for each query head, the key-value head that it reads
 * @param headsAscending the query heads from the least to the most important; those of a unit stand
 *     next to each other
 * @param headsInUnit query heads that go at once, from 1 to all
 */
public record PrunableLayer(
    int hiddenSize,
    int headSize,
    int neurons,
    List<Integer> keyValueHeadOfQueryHead,
    List<Integer> headsAscending,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = SingleHeads.class)
        int headsInUnit) {

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
    if (headsInUnit < 1 || headsInUnit > allHeads.size()) {
      throw new IllegalArgumentException(
          "a unit has 1 to %d query heads, not %d".formatted(allHeads.size(), headsInUnit));
    }
  }

  /** A layer whose query heads go one by one. */
  public PrunableLayer(
      int hiddenSize,
      int headSize,
      int neurons,
      List<Integer> keyValueHeadOfQueryHead,
      List<Integer> headsAscending) {
    this(hiddenSize, headSize, neurons, keyValueHeadOfQueryHead, headsAscending, 1);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static PrunableLayer of(StoredLayer stored) {
    return stored.layer();
  }

  public int queryHeads() {
    return keyValueHeadOfQueryHead.size();
  }

  /** Units of attention; the one that goes first is smaller where heads don't divide evenly. */
  public int attentionUnits() {
    return unitsOf(queryHeads());
  }

  /** Query heads in the {@code units} most important units. */
  public int headsOf(int units) {
    return Math.min(queryHeads(), units * headsInUnit);
  }

  /** Units that {@code heads} query heads are of, the last one perhaps in part. */
  public int unitsOf(int heads) {
    return (heads + headsInUnit - 1) / headsInUnit;
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
    if (headsOf(unitsOf(kept.queryHeads())) != kept.queryHeads()) {
      throw new IllegalArgumentException(
          "query heads go %d at a time; of %d it cannot keep %d"
              .formatted(headsInUnit, queryHeads(), kept.queryHeads()));
    }
    return attentionParameters(kept.queryHeads()) + neuronParameters() * kept.neurons();
  }

  /** The least that the layer can keep: one unit of attention and one neuron. */
  public LayerPlan least() {
    return new LayerPlan(headsInUnit, 1);
  }

  public LayerPlan dense() {
    return new LayerPlan(queryHeads(), neurons);
  }

  public long parameters() {
    return parameters(dense());
  }
}
