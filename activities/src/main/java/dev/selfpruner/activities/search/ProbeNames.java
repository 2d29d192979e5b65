package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;

/**
 * Probes that were proposed, a part of them by name: a deep model has thousands.
 *
 * @param candidates artifact: a {@link CandidateSet} as JSON
 * @param count of all
 * @param from index of the first that is named
 * @param ids of those that are named, in order
 */
public record ProbeNames(ArtifactRef candidates, int count, int from, List<String> ids) {
  public ProbeNames {
    ids = List.copyOf(ids);
    if (from < 0 || from + ids.size() > count) {
      throw new IllegalArgumentException(
          "%d names from %d on of %d probes".formatted(ids.size(), from, count));
    }
  }
}
