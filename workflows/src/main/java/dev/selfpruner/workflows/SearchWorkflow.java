package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.SearchResult;
import io.temporal.common.converter.RawValue;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** The evolutionary search for layer-wise pruning rates (Self-Pruner, Algorithm 1). */
@WorkflowInterface
public interface SearchWorkflow {

  /**
   * Searches, and prunes the model by the best plan found. Started again with the same spec, on a
   * server that remembers nothing, it goes on after the last iteration recorded in the artifact
   * store.
   *
   * @param input JSON: a {@link SearchSpec}, or fields of one, which are completed ({@link
   *     SearchInput}); what is no such input fails the run with the field's name
   */
  @WorkflowMethod
  SearchResult search(RawValue input);

  /** How far the search is. */
  @QueryMethod
  SearchProgress progress();

  /** An iteration tells of a finished batch. */
  @SignalMethod
  void evaluated(BatchProgress batch);
}
