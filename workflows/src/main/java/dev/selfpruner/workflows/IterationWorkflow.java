package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.PopulationSnapshot;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * One iteration of the search: propose, evaluate, select, record (Algorithm 1, lines 1 and 3-7).
 */
@WorkflowInterface
public interface IterationWorkflow {
  @WorkflowMethod
  PopulationSnapshot iterate(IterationInput input);

  /** Begins no batch of evaluations while it is held; those under way are finished. */
  @SignalMethod
  void hold(boolean held);
}
