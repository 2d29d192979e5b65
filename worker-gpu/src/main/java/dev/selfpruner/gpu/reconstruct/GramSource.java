package dev.selfpruner.gpu.reconstruct;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** Where a model's Gram matrices are read from. Usable by several threads. */
@FunctionalInterface
public interface GramSource {
  /**
   * The Gram matrix of what a layer's projection reads: {@code [n, n]}, float32, on the host, in
   * the order of the stored model.
   *
   * @param manager of the host; it owns the matrix
   */
  NDArray read(NDManager manager, int layer, Projection projection);
}
