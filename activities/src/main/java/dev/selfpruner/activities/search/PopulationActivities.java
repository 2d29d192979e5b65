package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** What makes and keeps candidates: run by LLM workers. */
@ActivityInterface(namePrefix = "Population")
public interface PopulationActivities {

  /**
   * Keeps what is searched where people find it, and fails unless the generator can answer: an
   * LLM's endpoint has to be there, know the key and have the model, before anything else is paid
   * for.
   */
  @ActivityMethod
  void begin(SearchStart start);

  /**
   * Proposes candidates on the budget. The answer is stored under the search's key, iteration and
   * operator: asked again, after a crash or by a second run, the same candidates come back and no
   * LLM is called. {@link Operator#BASELINE} gives the dense model and the uniform plan, with the
   * ids {@code dense} and {@code uniform}.
   */
  @ActivityMethod
  Proposal propose(ProposalRequest request);

  /**
   * Stores an iteration's population; a second call for the same iteration gives what is stored.
   * One that ended for want of tokens or money is not stored as that iteration's: with a higher
   * limit the search goes on before it.
   */
  @ActivityMethod
  PopulationSnapshot record(RecordRequest request);

  /**
   * Proposes probes, as {@link #propose} does, and names some of them.
   *
   * @param request of {@link Operator#PROBE}; another call with the same one names others
   * @param from index of the first to be named
   * @param most that are to be named
   */
  @ActivityMethod
  ProbeNames probes(ProposalRequest request, int from, int most);

  /**
   * Writes down a few probings' artifacts as one ({@link ProbeSets}), so that a history's payloads
   * don't grow with a model's depth.
   *
   * @param parts at least one
   */
  @ActivityMethod
  ProbeResult gather(List<ProbeResult> parts);

  /**
   * Keeps a candidate that a person gives, if there is a plan on the budget for it: raised as a
   * failure that no retry mends where there is none.
   */
  @ActivityMethod
  ArtifactRef keepInjected(InjectedCandidate candidate, ProposalRequest request);

  /**
   * Proposes what persons gave, brought onto the budget as an LLM's vectors are. What is in the
   * population already, or twice among them, is left out.
   *
   * @param injected artifacts: an {@link InjectedCandidate} as JSON each
   * @param request of {@link Operator#INJECT}
   */
  @ActivityMethod
  Proposal inject(List<ArtifactRef> injected, ProposalRequest request);

  /** The last snapshot that a search run has recorded; empty at its start. */
  @ActivityMethod
  List<PopulationSnapshot> latest(String searchKey);

  /**
   * Stores the outcome of a search run, so that it is found again without a workflow's history, and
   * its best plan by itself, in the form that {@code prune --plan} reads.
   */
  @ActivityMethod
  void conclude(SearchResult result);
}
