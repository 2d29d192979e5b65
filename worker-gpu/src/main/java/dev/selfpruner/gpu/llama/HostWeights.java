package dev.selfpruner.gpu.llama;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;

/**
 * A model's weights on the host, converted and in the decoder's layout: units most important first,
 * o_proj and down_proj transposed. Usable by several threads; what it gives is valid until it is
 * closed.
 */
public interface HostWeights extends AutoCloseable {
  LlamaConfig config();

  /** What the numbers are. */
  NumericType type();

  /** For each stored query head and neuron of a layer, where its weights lie. */
  LayerLayout layout(int layer);

  /**
   * A layer's matrix, {@code [units, hidden]}: what reads a norm is multiplied by the norm's
   * weight, and the two rows of a head that rotary embedding turns together are neighbours.
   *
   * @throws IllegalArgumentException for a norm
   */
  NDArray weight(NDManager manager, int layer, LayerWeight weight);

  /** {@code [vocabulary, hidden]}. */
  NDArray embedding(NDManager manager);

  /** {@code [hidden]}. */
  NDArray finalNorm(NDManager manager);

  /** {@code [vocabulary, hidden]}; only where it isn't the embedding. */
  NDArray outputHead(NDManager manager);

  @Override
  void close();
}
