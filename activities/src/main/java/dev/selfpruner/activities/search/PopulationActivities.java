package dev.selfpruner.activities.search;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** What makes and keeps candidates: run by LLM workers. */
@ActivityInterface(namePrefix = "Population")
public interface PopulationActivities {

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
