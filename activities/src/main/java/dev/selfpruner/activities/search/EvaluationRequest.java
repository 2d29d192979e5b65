package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;
import java.util.Optional;

/**
 * Asks for the fitness of candidates.
 *
 * @param model directory of the dense model, as the GPU worker sees it
 * @param calibration of that model
 * @param candidates artifact: a {@link CandidateSet} or {@link Population} as JSON
 * @param ids the candidates of the set to evaluate, in this order
 * @param text what they are measured on
 * @param objective what is measured
 * @param compensation for the units that go; null means none
 */
public record EvaluationRequest(
    String model,
    Calibration calibration,
    ArtifactRef candidates,
    List<String> ids,
    TextWindows text,
    Objective objective,
    Compensation compensation) {
  public EvaluationRequest {
    compensation = Optional.ofNullable(compensation).orElse(new Compensation.None());
    ids = List.copyOf(ids);
  }

  /** Of weights as they are. */
  public EvaluationRequest(
      String model,
      Calibration calibration,
      ArtifactRef candidates,
      List<String> ids,
      TextWindows text,
      Objective objective) {
    this(model, calibration, candidates, ids, text, objective, new Compensation.None());
  }
}
