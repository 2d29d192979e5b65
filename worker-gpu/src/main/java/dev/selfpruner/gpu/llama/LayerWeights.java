package dev.selfpruner.gpu.llama;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.model.LayerWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One decoder layer on a device.
 *
 * @param arrays what {@code Llama.py} takes as {@code weights}, in its order
 */
public record LayerWeights(LayerLayout layout, List<NDArray> arrays) {
  private static final int ATTENTION_OUTPUT =
      LayerWeight.MATRICES.indexOf(LayerWeight.ATTENTION_OUTPUT);
  private static final int DOWN = LayerWeight.MATRICES.indexOf(LayerWeight.DOWN);

  public LayerWeights {
    arrays = List.copyOf(arrays);
  }

  /** The host's own arrays, for a decoder on a CPU. */
  static LayerWeights ofHost(NDManager owner, HostWeights weights, int layer) {
    return of(
        owner,
        weights.layout(layer),
        LayerWeight.MATRICES.stream().map(weight -> weights.weight(owner, layer, weight)).toList());
  }

  /**
   * A layer of weights that are on the device already.
   *
   * @param weights one for each of {@link LayerWeight#MATRICES}, in their order
   */
  static LayerWeights of(NDManager owner, LayerLayout layout, List<NDArray> weights) {
    NDArray groups =
        owner.create(
            layout.keyValueHeadOfQueryHead().stream().mapToLong(Integer::longValue).toArray());
    return new LayerWeights(layout, Stream.concat(weights.stream(), Stream.of(groups)).toList());
  }

  /** o_proj, transposed: {@code [query heads * head, hidden]}. */
  public NDArray attentionOutput() {
    return arrays.get(ATTENTION_OUTPUT);
  }

  /** down_proj, transposed: {@code [neurons, hidden]}. */
  public NDArray down() {
    return arrays.get(DOWN);
  }

  /**
   * The same layer with another o_proj, transposed: at least as many rows as the heads that run
   * with it have.
   */
  public LayerWeights withAttentionOutput(NDArray projection) {
    return with(ATTENTION_OUTPUT, projection);
  }

  /**
   * The same layer with another down_proj, transposed: a row for each neuron that runs with it, and
   * rows up to a multiple of 16 as long as the layer has neurons.
   */
  public LayerWeights withDown(NDArray projection) {
    return with(DOWN, projection);
  }

  private LayerWeights with(int index, NDArray array) {
    List<NDArray> changed = new ArrayList<>(arrays);
    changed.set(index, array);
    return new LayerWeights(layout, changed);
  }
}
