package dev.selfpruner.workflows;

import io.temporal.common.converter.RawValue;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Several searches side by side, as in the paper's ablation and its table of LLMs. */
@WorkflowInterface
public interface CompareWorkflow {

  /**
   * Searches every entry with every seed. A search that fails is a row that says so. Started again,
   * searches go on from what they recorded in the artifact store.
   *
   * @param input JSON: a {@link CompareSpec}; what is none fails the run with the field's name
   */
  @WorkflowMethod
  CompareResult compare(RawValue input);

  /** How far the comparison is. */
  @QueryMethod
  CompareProgress progress();
}
