package dev.selfpruner.gpu.llama;

import ai.djl.ndarray.NDArray;

/** A step's output, and what its output projection read. */
public final class Observed {
  private final NDArray hidden;
  private final double[] inputSquares;

  Observed(NDArray hidden, double[] inputSquares) {
    this.hidden = hidden;
    this.inputSquares = inputSquares;
  }

  /** {@code [windows, sequence, hidden]}, owned by the manager of the call. */
  public NDArray hidden() {
    return hidden;
  }

  /**
   * Sums over all tokens of the squared inputs of the projection, by column in the order of the
   * weights' layout; a copy.
   */
  public double[] inputSquares() {
    return inputSquares.clone();
  }
}
