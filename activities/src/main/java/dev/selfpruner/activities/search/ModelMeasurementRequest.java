package dev.selfpruner.activities.search;

/**
 * Asks for the perplexity of a pruned model as it lies in the store.
 *
 * @param model what {@code prune} or {@code fit} gave
 * @param calibration of the dense model, for its sizes
 * @param text what it is measured on
 */
public record ModelMeasurementRequest(
    PrunedModel model, Calibration calibration, TextWindows text) {}
