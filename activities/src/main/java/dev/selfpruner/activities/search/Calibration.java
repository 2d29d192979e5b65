package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;
import java.util.Optional;

/**
 * What one pass of the dense model over the calibration text gave.
 *
 * @param key digest of all that importance depends on: model, tokenizer, text, windows, metric
 * @param modelSha256 content address of the model: its configuration and weights
 * @param prunable artifact: {@link dev.selfpruner.activities.plan.PrunableModel} as JSON
 * @param importance artifact: importance of every unit, as safetensors
 * @param parameters parameters of the dense model, embedding and norms included
 * @param layers decoder layers
 * @param gram artifact: where each layer's Gram matrices are; none where they weren't asked for,
 *     else one; null means none
 */
public record Calibration(
    String key,
    String modelSha256,
    ArtifactRef prunable,
    ArtifactRef importance,
    long parameters,
    int layers,
    List<ArtifactRef> gram) {
  public Calibration {
    gram = List.copyOf(Optional.ofNullable(gram).orElse(List.of()));
  }

  /** Without Gram matrices. */
  public Calibration(
      String key,
      String modelSha256,
      ArtifactRef prunable,
      ArtifactRef importance,
      long parameters,
      int layers) {
    this(key, modelSha256, prunable, importance, parameters, layers, List.of());
  }
}
