package dev.selfpruner.gpu.llama;

import ai.djl.ndarray.NDArray;

/**
 * A decoder layer's output, and what its two output projections read.
 *
 * @param hidden {@code [windows, sequence, hidden]}, owned by the manager of the call
 */
public record LayerObservation(NDArray hidden, InputSquares inputSquares) {}
