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
 * @param format in which the model is written; null means {@link ModelFormat#COMPACT}
 */
public record PruneRequest(
    String model,
    Calibration calibration,
    ArtifactRef candidates,
    String id,
    Compensation compensation,
    ModelFormat format) {
  public PruneRequest {
    compensation = Optional.ofNullable(compensation).orElse(new Compensation.None());
    format = Optional.ofNullable(format).orElse(ModelFormat.COMPACT);
  }

  /** For a compact model. */
  public PruneRequest(
      String model,
      Calibration calibration,
      ArtifactRef candidates,
      String id,
      Compensation compensation) {
    this(model, calibration, candidates, id, compensation, ModelFormat.COMPACT);
  }

  /** With weights as they are, too. */
  public PruneRequest(String model, Calibration calibration, ArtifactRef candidates, String id) {
    this(model, calibration, candidates, id, new Compensation.None());
  }
}
