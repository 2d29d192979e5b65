package dev.selfpruner.infra.inspect;

import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Operator;
import java.util.List;
import java.util.Set;

/**
 * What an operator proposed in an iteration, as far as it is recorded.
 *
 * @param finished whether all its candidates are there
 * @param candidates none before the proposal is finished
 * @param questions that were answered, in order
 * @param note what is to be known of it; empty where there is nothing to be said
 */
public record RecordedProposal(
    Operator operator,
    boolean finished,
    List<Candidate> candidates,
    List<AskedQuestion> questions,
    String note) {
  public RecordedProposal {
    candidates = List.copyOf(candidates);
    questions = List.copyOf(questions);
  }

  boolean isEmpty() {
    return candidates.isEmpty() && questions.isEmpty() && note.isEmpty();
  }

  /**
   * What its candidates came to.
   *
   * @param survivors ids of the candidates that its iteration left
   */
  Contribution contribution(Set<String> survivors) {
    List<Candidate> left =
        candidates.stream().filter(candidate -> survivors.contains(candidate.id())).toList();
    return new Contribution(
        operator,
        candidates.size(),
        count(CandidateSource.LLM),
        left.size(),
        count(left, CandidateSource.LLM));
  }

  int count(CandidateSource source) {
    return count(candidates, source);
  }

  private static int count(List<Candidate> candidates, CandidateSource source) {
    return (int)
        candidates.stream().filter(candidate -> CandidateSource.of(candidate) == source).count();
  }
}
