package dev.selfpruner.gpu.export;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LayerWeight;
import java.util.Arrays;
import java.util.List;

/**
 * What stays of one layer, as ranges of rows and columns of its weights, and the size that it has
 * then. Units stay in the model's own order.
 *
 * @param query rows of q_proj, columns of o_proj
 * @param keyValue rows of k_proj and v_proj: those that a query head which stays reads
 * @param neurons rows of gate_proj and up_proj, columns of down_proj
 */
record KeptLayer(IndexRanges query, IndexRanges keyValue, IndexRanges neurons, LayerSize size) {

  static KeptLayer of(LayerSize dense, LayerOrder order, LayerPlan plan, int headSize) {
    int[] heads = order.keptHeads(plan.queryHeads());
    List<Integer> read =
        Arrays.stream(heads).mapToObj(dense.keyValueHeadOfQueryHead()::get).toList();
    int[] keyValueHeads = read.stream().mapToInt(Integer::intValue).distinct().sorted().toArray();
    List<Integer> renumbered =
        read.stream().map(head -> Arrays.binarySearch(keyValueHeads, head)).toList();
    return new KeptLayer(
        IndexRanges.ofUnits(heads, headSize, dense.queryHeads()),
        IndexRanges.ofUnits(keyValueHeads, headSize, dense.keyValueHeads()),
        IndexRanges.ofUnits(order.keptNeurons(plan.neurons()), 1, dense.neurons()),
        new LayerSize(renumbered, plan.neurons()));
  }

  /** The part of a weight that stays. */
  KeptPart part(LayerWeight weight, long hiddenSize) {
    IndexRanges all = IndexRanges.all(hiddenSize);
    return switch (weight) {
      case INPUT_NORM, MLP_NORM -> new KeptPart(all, IndexRanges.all(1));
      case QUERY -> new KeptPart(query, all);
      case KEY, VALUE -> new KeptPart(keyValue, all);
      case ATTENTION_OUTPUT -> new KeptPart(all, query);
      case GATE, UP -> new KeptPart(neurons, all);
      case DOWN -> new KeptPart(all, neurons);
    };
  }
}
