package dev.selfpruner.activities.search;

import dev.selfpruner.activities.plan.LatencyTable;

/**
 * What a model's blocks took: the content of an artifact. It holds for the prefill of so many
 * sequences of so many tokens, from the embedding to the loss.
 *
 * @param device that it was measured on, as its driver calls it, or {@code cpu}
 * @param numericType what the decoder computed in
 * @param engine what computed
 * @param sequences read at once
 * @param tokens of each
 */
public record MeasuredLatency(
    String device,
    String numericType,
    String engine,
    int sequences,
    int tokens,
    LatencyTable table) {}
