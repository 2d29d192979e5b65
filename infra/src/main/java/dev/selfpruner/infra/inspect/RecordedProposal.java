package dev.selfpruner.infra.inspect;

import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Operator;
import java.util.List;

/**
 * What an operator proposed in an iteration, as far as it is recorded.
 *
 * @param finished whether all its candidates are there
 * @param candidates none before the proposal is finished
 * @param questions that were answered, in order
 */
public record RecordedProposal(
    Operator operator,
    boolean finished,
    List<Candidate> candidates,
    List<AskedQuestion> questions) {
  public RecordedProposal {
    candidates = List.copyOf(candidates);
    questions = List.copyOf(questions);
  }

  boolean isEmpty() {
    return candidates.isEmpty() && questions.isEmpty();
  }

  int count(CandidateSource source) {
    return (int)
        candidates.stream().filter(candidate -> CandidateSource.of(candidate) == source).count();
  }
}
