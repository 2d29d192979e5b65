package dev.selfpruner.gpu.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.llama.Decoder;

/**
 * What a run computes of every plan and chunk. Called from several threads.
 *
 * @param <R> what comes out for a plan on a chunk; holds no arrays
 */
public interface Pass<R> {
  /** Where a run is. */
  record Place(int layer, int chunk) {}

  /** A layer's attention, added to its input. */
  default NDArray attention(Place place, Block block) {
    return block.attention();
  }

  /** A layer's MLP, added to its input. */
  default NDArray mlp(Place place, Block block) {
    return block.mlp();
  }

  /**
   * What the last hidden states come to.
   *
   * @param hidden {@code [windows, sequence, hidden]}
   * @param chunk its place in the run's list of chunks
   */
  R finish(Decoder decoder, NDManager manager, NDArray hidden, Chunk windows, int chunk);
}
