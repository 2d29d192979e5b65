package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;

/**
 * Asks for a candidate's plan to be carried out.
 *
 * @param model directory of the dense model, as the GPU worker sees it
 * @param calibration of that model
 * @param candidates artifact: a {@link CandidateSet} or {@link Population} as JSON
 * @param id the candidate whose plan is carried out
 */
public record PruneRequest(
    String model, Calibration calibration, ArtifactRef candidates, String id) {}
