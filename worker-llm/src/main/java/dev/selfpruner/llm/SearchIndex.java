package dev.selfpruner.llm;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.SearchResult;

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

  /**
   * A {@link dev.selfpruner.llm.prompt.PromptSet} as JSON.
   *
   * @param sha256 the set's digest
   */
  public static IndexKey prompt(String sha256) {
    return new IndexKey("prompt", sha256);
  }

  /** A {@link dev.selfpruner.activities.search.PopulationSnapshot} as JSON. */
  public static IndexKey population(String searchKey, int iteration) {
    return new IndexKey("population", "%s/%d".formatted(searchKey, iteration));
  }

  /** {@link dev.selfpruner.activities.search.Trials} as JSON. */
  public static IndexKey trials(String searchKey, int iteration) {
    return new IndexKey("trials", "%s/%d".formatted(searchKey, iteration));
  }

  /**
   * What the dense model's blocks cost: a {@link dev.selfpruner.activities.plan.Sensitivity} as
   * JSON.
   */
  public static IndexKey sensitivity(String searchKey) {
    return new IndexKey("sensitivity", searchKey);
  }

  /** The {@link dev.selfpruner.activities.search.SearchStart} of a search, as JSON. */
  public static IndexKey start(String workflowId) {
    return new IndexKey("search", workflowId);
  }

  /** The {@link SearchResult} of a search that went to its end, as JSON. */
  public static IndexKey result(String searchKey) {
    return new IndexKey("result", searchKey);
  }

  /** The {@link SearchResult} of a search that these limits ended, as JSON. */
  public static IndexKey result(String searchKey, LlmLimits limits) {
    return new IndexKey("result", "%s/%s".formatted(searchKey, limits.key()));
  }

  /**
   * The {@link SearchResult} of a search that ended early for another reason, as JSON.
   *
   * @param reason in words, which say the limit
   */
  public static IndexKey result(String searchKey, String reason) {
    return new IndexKey("result", "%s/%s".formatted(searchKey, Digests.sha256(reason)));
  }

  /**
   * The first {@link SearchResult} of a search that ended early after an iteration, whatever ended
   * it, as JSON.
   */
  public static IndexKey endedAfter(String searchKey, int iteration) {
    return new IndexKey("ended", "%s/%d".formatted(searchKey, iteration));
  }

  static IndexKey result(SearchResult result) {
    if (!result.isExhausted()) {
      return result(result.searchKey());
    }
    return result.limits().any() && result.limits().isCauseOf(result.exhausted())
        ? result(result.searchKey(), result.limits())
        : result(result.searchKey(), result.exhausted());
  }

  /**
   * The best plan of a search that went to its end, as JSON: a {@link
   * dev.selfpruner.activities.search.FoundPlan}.
   */
  public static IndexKey bestPlan(String searchKey) {
    return new IndexKey("plan", searchKey);
  }
}
