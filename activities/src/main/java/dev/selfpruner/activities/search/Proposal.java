package dev.selfpruner.activities.search;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;
import java.util.Optional;

/**
 * Candidates proposed by one operator.
 *
 * @param candidates artifact: a {@link CandidateSet} as JSON
 * @param ids of the candidates, in order: those for which the built-in operator stood in for an LLM
 *     come last, since they are what its answers left missing
 * @param fallbacks how many they are
 * @param spending on the LLM for this proposal; null means nothing
 * @param exhausted why there are fewer candidates than asked for; empty (or null) where there are
 *     not
 * @param note what people are to know of it, such as why it proposes nothing; empty (or null) where
 *     there is nothing to be said
 */
public record Proposal(
    ArtifactRef candidates,
    List<String> ids,
    int fallbacks,
    Spending spending,
    String exhausted,
    String note) {
  public Proposal {
    note = Optional.ofNullable(note).orElse("");
    ids = List.copyOf(ids);
    spending = Optional.ofNullable(spending).orElse(Spending.NOTHING);
    exhausted = Optional.ofNullable(exhausted).orElse("");
    if (fallbacks < 0 || fallbacks > ids.size()) {
      throw new IllegalArgumentException(
          "%d fallbacks among %d candidates".formatted(fallbacks, ids.size()));
    }
  }

  /** Of which there is nothing to be said. */
  public Proposal(
      ArtifactRef candidates,
      List<String> ids,
      int fallbacks,
      Spending spending,
      String exhausted) {
    this(candidates, ids, fallbacks, spending, exhausted, "");
  }

  /** Ids without those of candidates that were made in an LLM's place. */
  public List<String> withoutFallbacks() {
    return ids.subList(0, ids.size() - fallbacks);
  }

  /** Whether tokens or money ran out before all candidates were there. */
  @JsonIgnore
  public boolean isExhausted() {
    return !exhausted.isEmpty();
  }
}
