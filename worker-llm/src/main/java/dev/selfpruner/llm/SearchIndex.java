package dev.selfpruner.llm;

import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.ProposalRequest;

/** Under which keys a search run's artifacts are found in the store. */
public final class SearchIndex {
  private SearchIndex() {}

  /** A {@link dev.selfpruner.activities.search.Proposal} as JSON. */
  public static IndexKey proposal(String searchKey, int iteration, Operator operator) {
    return new IndexKey("proposal", "%s/%d/%s".formatted(searchKey, iteration, operator));
  }

  static IndexKey proposal(ProposalRequest request) {
    return proposal(request.searchKey(), request.iteration(), request.operator());
  }

  /**
   * An {@link Exchange} as JSON.
   *
   * @param round 0 for a proposal's first question, 1 and 2 where it had to be asked again
   */
  public static IndexKey transcript(String searchKey, int iteration, Operator operator, int round) {
    return new IndexKey(
        "transcript", "%s/%d/%s/%d".formatted(searchKey, iteration, operator, round));
  }

  /** A {@link dev.selfpruner.activities.search.PopulationSnapshot} as JSON. */
  public static IndexKey population(String searchKey, int iteration) {
    return new IndexKey("population", "%s/%d".formatted(searchKey, iteration));
  }

  /** A {@link dev.selfpruner.activities.search.SearchResult} as JSON. */
  public static IndexKey result(String searchKey) {
    return new IndexKey("result", searchKey);
  }

  /** The best {@link dev.selfpruner.activities.plan.PruningPlan} of a finished search, as JSON. */
  public static IndexKey bestPlan(String searchKey) {
    return new IndexKey("plan", searchKey);
  }
}
