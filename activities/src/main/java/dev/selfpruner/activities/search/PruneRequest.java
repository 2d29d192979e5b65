package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.Optional;

/**
 * Asks for a candidate's plan to be carried out.
 *
 * @param model directory of the dense model, as the GPU worker sees it
 * @param calibration of that model
 * @param candidates artifact: a {@link CandidateSet} or {@link Population} as JSON
 * @param id the candidate whose plan is carried out
 * @param compensation for the units that go, as the search had it; null means none
 */
public record PruneRequest(
    String model,
    Calibration calibration,
    ArtifactRef candidates,
    String id,
    Compensation compensation) {
  public PruneRequest {
    compensation = Optional.ofNullable(compensation).orElse(new Compensation.None());
  }

  /** With weights as they are. */
  public PruneRequest(String model, Calibration calibration, ArtifactRef candidates, String id) {
    this(model, calibration, candidates, id, new Compensation.None());
  }
}
