package dev.selfpruner.infra.inspect;

import dev.selfpruner.activities.search.PopulationSnapshot;
import java.util.List;

/**
 * An iteration, as far as it is recorded.
 *
 * @param number 0 is the first population
 * @param outcome none before it is finished, then one
 */
public record RecordedIteration(
    int number, List<PopulationSnapshot> outcome, List<RecordedProposal> proposals) {
  public RecordedIteration {
    outcome = List.copyOf(outcome);
    proposals = List.copyOf(proposals);
  }

  boolean isEmpty() {
    return outcome.isEmpty() && proposals.stream().allMatch(RecordedProposal::isEmpty);
  }

  /** Candidates proposed by a source. */
  public int count(CandidateSource source) {
    return proposals.stream().mapToInt(proposal -> proposal.count(source)).sum();
  }

  public List<AskedQuestion> questions() {
    return proposals.stream().flatMap(proposal -> proposal.questions().stream()).toList();
  }
}
