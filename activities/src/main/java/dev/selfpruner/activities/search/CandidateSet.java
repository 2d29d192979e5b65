package dev.selfpruner.activities.search;

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

  public Candidate candidate(String id) {
    return candidates.stream()
        .filter(candidate -> candidate.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no candidate with the id " + id));
  }
}
