package dev.selfpruner.gpu.reconstruct;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;

/**
 * Where the Gram matrices of a calibration are.
 *
 * @param layers a {@link GramFile} of each decoder layer
 * @param tokens that they are sums over
 */
public record GramIndex(List<ArtifactRef> layers, long tokens) {
  public GramIndex {
    layers = List.copyOf(layers);
    if (layers.isEmpty() || tokens < 1) {
      throw new IllegalArgumentException("Gram matrices are of layers, and sums over tokens");
    }
  }
}
