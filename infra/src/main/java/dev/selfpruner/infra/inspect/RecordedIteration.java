package dev.selfpruner.infra.inspect;

import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.PopulationSnapshot;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An iteration, as far as it is recorded.
 *
 * @param number 0 is the first population
 * @param outcome none before it is finished, then one
 * @param failed candidates that have no perplexity, with the reason
 */
public record RecordedIteration(
    int number,
    List<PopulationSnapshot> outcome,
    List<RecordedProposal> proposals,
    List<Individual> failed) {
  public RecordedIteration {
    outcome = List.copyOf(outcome);
    proposals = List.copyOf(proposals);
    failed = List.copyOf(failed);
  }

  /** Where none has failed. */
  public RecordedIteration(
      int number, List<PopulationSnapshot> outcome, List<RecordedProposal> proposals) {
    this(number, outcome, proposals, List.of());
  }

  boolean isEmpty() {
    return outcome.isEmpty() && proposals.stream().allMatch(RecordedProposal::isEmpty);
  }

  /** Candidates proposed by a source. */
  public int count(CandidateSource source) {
    return proposals.stream().mapToInt(proposal -> proposal.count(source)).sum();
  }

  /** What each operator's candidates came to; none before the iteration is finished. */
  List<Contribution> contributions() {
    Set<String> survivors =
        outcome.stream()
            .flatMap(snapshot -> snapshot.survivors().stream())
            .map(Fitness::candidateId)
            .collect(Collectors.toSet());
    return outcome.isEmpty()
        ? List.of()
        : proposals.stream().map(proposal -> proposal.contribution(survivors)).toList();
  }

  public List<AskedQuestion> questions() {
    return proposals.stream().flatMap(proposal -> proposal.questions().stream()).toList();
  }
}
