package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;

/**
 * A pruned model in the store.
 *
 * @param files artifact: {@link ModelFiles} as JSON
 * @param parameters parameters that are left, embedding and norms included
 * @param keptBlockShare share of the block parameters that is left
 */
public record PrunedModel(ArtifactRef files, long parameters, double keptBlockShare) {}
