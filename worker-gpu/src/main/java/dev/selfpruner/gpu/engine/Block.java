package dev.selfpruner.gpu.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.llama.Observed;

/**
 * A layer's attention, or its MLP, that is to be computed and added to its input.
 *
 * @param manager owner of what comes out
 * @param hidden {@code [windows, sequence, hidden]}
 * @param kept query heads, or neurons, that are there
 * @param last whether nobody reads the input after this: the result may take its place
 */
public record Block(
    Decoder decoder,
    NDManager manager,
    LayerWeights weights,
    NDArray hidden,
    int kept,
    boolean last) {

  public NDArray attention() {
    return decoder.attention(manager, weights, hidden, kept, last);
  }

  public Observed observedAttention() {
    return decoder.observedAttention(manager, weights, hidden, kept, last);
  }

  public NDArray mlp() {
    return decoder.mlp(manager, weights, hidden, kept, last);
  }

  public Observed observedMlp() {
    return decoder.observedMlp(manager, weights, hidden, kept, last);
  }
}
