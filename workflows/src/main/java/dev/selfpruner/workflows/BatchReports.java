package dev.selfpruner.workflows;

import io.temporal.workflow.Workflow;

/**
 * Tells a search of its iteration's batches: not of each, since every word is four events in the
 * search's history. What isn't told when the iteration ends is in its outcome.
 */
final class BatchReports {
  private static final BatchProgress NOTHING =
      new BatchProgress(0, 0, Double.POSITIVE_INFINITY, 0L);

  private BatchProgress untold = NOTHING;
  private long toldAt = Workflow.getInfo().getRunStartedTimestampMillis();

  /** Of a finished batch. */
  void after(BatchProgress batch) {
    untold = untold.plus(batch);
    long now = Workflow.currentTimeMillis();
    if (now - toldAt >= Policies.betweenReports().toMillis()) {
      BatchProgress told = untold;
      untold = NOTHING;
      toldAt = now;
      Workflow.getInfo()
          .getParentWorkflowId()
          .ifPresent(
              search ->
                  Workflow.newExternalWorkflowStub(SearchWorkflow.class, search).evaluated(told));
    }
  }
}
