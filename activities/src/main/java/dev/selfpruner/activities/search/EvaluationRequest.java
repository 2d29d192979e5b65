package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;

/**
 * Asks for the fitness of candidates.
 *
 * @param model directory of the dense model, as the GPU worker sees it
 * @param calibration of that model
 * @param candidates artifact: a {@link CandidateSet} or {@link Population} as JSON
 * @param ids the candidates of the set to evaluate, in this order
 * @param text what they are measured on
 * @param objective what is measured
 */
public record EvaluationRequest(
    String model,
    Calibration calibration,
    ArtifactRef candidates,
    List<String> ids,
    TextWindows text,
    Objective objective) {
  public EvaluationRequest {
    ids = List.copyOf(ids);
  }
}
