package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;

/**
 * Candidates proposed by one operator.
 *
 * @param candidates artifact: a {@link CandidateSet} as JSON
 * @param ids of the candidates, in order
 * @param fallbacks candidates for which the built-in operator stood in for an LLM
 */
public record Proposal(ArtifactRef candidates, List<String> ids, int fallbacks) {
  public Proposal {
    ids = List.copyOf(ids);
    if (fallbacks < 0 || fallbacks > ids.size()) {
      throw new IllegalArgumentException(
          "%d fallbacks among %d candidates".formatted(fallbacks, ids.size()));
    }
  }
}
