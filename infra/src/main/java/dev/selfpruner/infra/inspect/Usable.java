package dev.selfpruner.infra.inspect;

import java.util.List;

/**
 * How much of what was wanted of an LLM it gave, in finished proposals.
 *
 * @param wanted candidates
 * @param asTheyCame lists of first answers that were used without a repair
 * @param repaired lists of first answers that were used
 * @param again candidates that are the LLM's, after asking again
 */
public record Usable(int wanted, int asTheyCame, int repaired, int again) {

  static Usable of(List<RecordedIteration> iterations) {
    int wanted = 0;
    int asTheyCame = 0;
    int repaired = 0;
    int again = 0;
    for (RecordedProposal proposal :
        iterations.stream().flatMap(iteration -> iteration.proposals().stream()).toList()) {
      if (proposal.finished() && !proposal.questions().isEmpty()) {
        List<AskedQuestion> first =
            proposal.questions().stream().filter(question -> !question.again()).toList();
        wanted +=
            proposal.count(CandidateSource.LLM) + proposal.count(CandidateSource.IN_ITS_PLACE);
        asTheyCame += first.stream().mapToInt(AskedQuestion::usedAsTheyCame).sum();
        repaired += first.stream().mapToInt(AskedQuestion::used).sum();
        again += proposal.count(CandidateSource.LLM);
      }
    }
    return new Usable(wanted, asTheyCame, repaired, again);
  }
}
