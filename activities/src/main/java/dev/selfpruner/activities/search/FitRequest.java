package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;
import java.util.Optional;

/**
 * Asks for a candidate's plan to be carried out with o_proj and down_proj fitted layer by layer: on
 * inputs from the layers already fitted, to what makes up the dense model's residual stream.
 *
 * @param model directory of the dense model, as the GPU worker sees it
 * @param calibration of that model
 * @param candidates artifact: a {@link CandidateSet} or {@link Population} as JSON
 * @param id the candidate whose plan is carried out
 * @param text what the layers are fitted on
 * @param dampings tried, each in (0, 1]; the one with the lowest perplexity on {@code heldOut}
 *     stays
 * @param heldOut text that chooses among them; read only where there is a choice, as between a
 *     single one and what the candidates were compared with
 * @param compensation what the fit shrinks towards: the units that stay as they made up for the
 *     others while candidates were compared; null means none, the weights as they are
 * @param format in which the model is written; null means {@link ModelFormat#COMPACT}
 */
public record FitRequest(
    String model,
    Calibration calibration,
    ArtifactRef candidates,
    String id,
    TextWindows text,
    List<Double> dampings,
    TextWindows heldOut,
    Compensation compensation,
    ModelFormat format) {
  public FitRequest {
    compensation = Optional.ofNullable(compensation).orElse(new Compensation.None());
    format = Optional.ofNullable(format).orElse(ModelFormat.COMPACT);
    dampings = List.copyOf(dampings);
    if (dampings.isEmpty()) {
      throw new IllegalArgumentException("a fit has a damping");
    }
    for (double damping : dampings) {
      if (!(damping > 0.0 && damping <= 1.0)) {
        throw new IllegalArgumentException("damping out of (0, 1]: " + damping);
      }
    }
  }

  /** For a compact model. */
  public FitRequest(
      String model,
      Calibration calibration,
      ArtifactRef candidates,
      String id,
      TextWindows text,
      List<Double> dampings,
      TextWindows heldOut,
      Compensation compensation) {
    this(
        model,
        calibration,
        candidates,
        id,
        text,
        dampings,
        heldOut,
        compensation,
        ModelFormat.COMPACT);
  }

  /** Towards the weights as they are, too. */
  public FitRequest(
      String model,
      Calibration calibration,
      ArtifactRef candidates,
      String id,
      TextWindows text,
      List<Double> dampings,
      TextWindows heldOut) {
    this(model, calibration, candidates, id, text, dampings, heldOut, new Compensation.None());
  }
}
