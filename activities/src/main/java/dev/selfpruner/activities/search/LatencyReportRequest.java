package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;

/**
 * Asks for the times of a finished search's models: foretold, and of the dense and the best one
 * measured as a whole.
 *
 * @param goal of the search
 * @param baselines artifact with candidates {@code dense} and {@code uniform}
 * @param population artifact with the best candidate
 * @param best its id
 */
public record LatencyReportRequest(
    String model,
    Calibration calibration,
    LatencyGoal goal,
    ArtifactRef baselines,
    ArtifactRef population,
    String best) {}
