package dev.selfpruner.gpu.llama;

import ai.djl.ndarray.NDArray;

/**
 * A decoder layer's output, and what its two output projections read.
 *
 * @param hidden {@code [windows, sequence, hidden]}, owned by the manager of the call
 * @param headInputSquares sum over all tokens of the squared inputs of o_proj, {@code [query heads
 *     * head]}
 * @param neuronInputSquares the same of down_proj, {@code [neurons]}
 */
public record LayerObservation(
    NDArray hidden, double[] headInputSquares, double[] neuronInputSquares) {}
