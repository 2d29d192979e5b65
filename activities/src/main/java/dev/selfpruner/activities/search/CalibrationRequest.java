package dev.selfpruner.activities.search;

/**
 * Asks for the importance of every unit of a model.
 *
 * @param model directory of the model, as the GPU worker sees it
 * @param text what the dense model reads while importance is collected
 */
public record CalibrationRequest(String model, TextWindows text) {}
