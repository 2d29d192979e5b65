package dev.selfpruner.infra.embedded;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflow.v1.PendingChildExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A workflow and all that run for it: a comparison has searches, which have iterations. */
record Family(WorkflowClient client, String workflowId) {
  private static final Logger LOG = LoggerFactory.getLogger(Family.class);

  /** Looks at each of them, but for children that are only just being started. */
  void look(Consumer<DescribeWorkflowExecutionResponse> look) {
    for (DescribeWorkflowExecutionResponse description : describe()) {
      look.accept(description);
      for (PendingChildExecutionInfo child : description.getPendingChildrenList()) {
        new Family(client, child.getWorkflowId()).look(look);
      }
    }
  }

  /**
   * Ends them all before it returns. A server ends children some time after their parent, and until
   * then no others can have their names.
   */
  void end(String reason) {
    List<String> all = new ArrayList<>();
    look(
        description ->
            all.add(description.getWorkflowExecutionInfo().getExecution().getWorkflowId()));
    for (String id : all) {
      try {
        client.newUntypedWorkflowStub(id).terminate(reason);
      } catch (WorkflowNotFoundException e) {
        LOG.debug("{} has ended meanwhile", id, e);
      }
    }
  }

  /** None, where the server knows no such workflow, else one. */
  private List<DescribeWorkflowExecutionResponse> describe() {
    try {
      return List.of(
          client
              .getWorkflowServiceStubs()
              .blockingStub()
              .describeWorkflowExecution(
                  DescribeWorkflowExecutionRequest.newBuilder()
                      .setNamespace(client.getOptions().getNamespace())
                      .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                      .build()));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }
}
