package dev.selfpruner.gpu.calibrate;

import dev.selfpruner.activities.search.LayerStatistics;

/**
 * What one pass of the dense model over the calibration text gives.
 *
 * @param importance of every unit
 * @param statistics of every layer, for people and LLMs
 */
public record Calibrated(Importance importance, LayerStatistics statistics) {}
