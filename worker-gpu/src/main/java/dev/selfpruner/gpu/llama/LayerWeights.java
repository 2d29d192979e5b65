package dev.selfpruner.gpu.llama;

import ai.djl.ndarray.NDArray;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.gpu.model.LayerSize;
import java.util.List;

/**
 * One decoder layer on a device.
 *
 * @param arrays what {@code Llama.py} takes as {@code weights}, in its order
 */
record LayerWeights(LayerSize size, LayerLayout layout, List<NDArray> arrays) {
  private static final int ATTENTION_OUTPUT = 4;
  private static final int DOWN = 8;

  LayerWeights {
    arrays = List.copyOf(arrays);
  }

  /** o_proj, transposed: {@code [query heads * head, hidden]}. */
  NDArray attentionOutput() {
    return arrays.get(ATTENTION_OUTPUT);
  }

  /** down_proj, transposed: {@code [neurons, hidden]}. */
  NDArray down() {
    return arrays.get(DOWN);
  }

  LayerPlan dense() {
    return new LayerPlan(size.queryHeads(), size.neurons());
  }
}
