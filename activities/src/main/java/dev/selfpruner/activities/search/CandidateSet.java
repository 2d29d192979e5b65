package dev.selfpruner.activities.search;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Candidates proposed together: the content of a proposal's artifact. */
public record CandidateSet(List<Candidate> candidates) {
  public CandidateSet {
    candidates = List.copyOf(candidates);
    Set<String> ids = new HashSet<>();
    for (Candidate candidate : candidates) {
      if (!ids.add(candidate.id())) {
        throw new IllegalArgumentException("two candidates have the id " + candidate.id());
      }
    }
  }

  /** Reads what a proposal's artifact holds, or a population's. */
  public static CandidateSet read(byte[] json) {
    try {
      JsonNode tree = Json.mapper().readTree(json);
      return tree.has("individuals")
          ? Json.readStored(json, Population.class).candidates()
          : Json.mapper().treeToValue(tree, CandidateSet.class);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a set of candidates: " + e.getMessage(), e);
    }
  }

  public Candidate candidate(String id) {
    return candidates.stream()
        .filter(candidate -> candidate.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no candidate with the id " + id));
  }
}
