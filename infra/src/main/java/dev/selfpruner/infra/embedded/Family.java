package dev.selfpruner.infra.embedded;

import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflow.v1.PendingChildExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import java.util.function.Consumer;

/** A workflow and all that run for it: a comparison has searches, which have iterations. */
record Family(WorkflowClient client, String workflowId) {

  /** Looks at each of them that is under way, and at this one in any case. */
  void look(Consumer<DescribeWorkflowExecutionResponse> look) {
    DescribeWorkflowExecutionResponse description = describe();
    look.accept(description);
    for (PendingChildExecutionInfo child : description.getPendingChildrenList()) {
      new Family(client, child.getWorkflowId()).look(look);
    }
  }

  /**
   * Ends them all before it returns. A server ends children some time after their parent, and until
   * then no others can have their names.
   */
  void end(String reason) {
    DescribeWorkflowExecutionResponse description = describe();
    try {
      client.newUntypedWorkflowStub(workflowId).terminate(reason);
    } catch (WorkflowNotFoundException e) {
      // It has ended meanwhile.
    }
    for (PendingChildExecutionInfo child : description.getPendingChildrenList()) {
      new Family(client, child.getWorkflowId()).end(reason);
    }
  }

  private DescribeWorkflowExecutionResponse describe() {
    return client
        .getWorkflowServiceStubs()
        .blockingStub()
        .describeWorkflowExecution(
            DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                .build());
  }
}
