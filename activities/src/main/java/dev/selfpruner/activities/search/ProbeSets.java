package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;

/**
 * Several probings of one set of candidates, as one artifact.
 *
 * @param parts artifacts: {@link Probes} or {@link ProbeSets} as JSON, in the order of the probes
 */
public record ProbeSets(List<ArtifactRef> parts) {
  public ProbeSets {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("several probings are at least one");
    }
  }
}
