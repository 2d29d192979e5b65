package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.Optional;

/**
 * A pruned model in the store.
 *
 * @param files artifact: {@link ModelFiles} as JSON
 * @param parameters parameters that are left, embedding and norms included; zeros that stand in a
 *     removed unit's place are none
 * @param keptBlockShare share of the block parameters that is left
 * @param format in which it was written; null means {@link ModelFormat#COMPACT}
 */
public record PrunedModel(
    ArtifactRef files, long parameters, double keptBlockShare, ModelFormat format) {
  public PrunedModel {
    format = Optional.ofNullable(format).orElse(ModelFormat.COMPACT);
  }

  /** A compact one. */
  public PrunedModel(ArtifactRef files, long parameters, double keptBlockShare) {
    this(files, parameters, keptBlockShare, ModelFormat.COMPACT);
  }
}
