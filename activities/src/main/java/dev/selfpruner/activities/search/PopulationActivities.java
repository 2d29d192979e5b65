package dev.selfpruner.activities.search;

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
