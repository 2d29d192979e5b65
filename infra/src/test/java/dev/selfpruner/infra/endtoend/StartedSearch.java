package dev.selfpruner.infra.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.converter.RawValue;
import io.temporal.failure.ApplicationFailure;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A search that is started as from Temporal's web interface: by its type's name, with bytes. */
record StartedSearch(WorkflowClient client, WorkflowStub workflow) {

  static StartedSearch of(WorkflowClient client, String input) {
    WorkflowStub workflow =
        client.newUntypedWorkflowStub(
            "SearchWorkflow",
            WorkflowOptions.newBuilder().setTaskQueue(TaskQueues.WORKFLOW).build());
    var unused =
        workflow.start(
            new RawValue(
                Payload.newBuilder()
                    .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
                    .setData(ByteString.copyFrom(input, UTF_8))
                    .build()));
    return new StartedSearch(client, workflow);
  }

  SearchResult result() {
    return workflow.getResult(SearchResult.class);
  }

  /** Waits for its failure, which has to come within seconds. */
  ApplicationFailure failure(int seconds) throws TimeoutException {
    try {
      throw new AssertionError(
          "no failure but " + workflow.getResult(seconds, TimeUnit.SECONDS, SearchResult.class));
    } catch (WorkflowFailedException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return (ApplicationFailure) cause;
    }
  }

  /** Workflow tasks that failed, which a server repeats for ever. */
  long failedTasks() {
    return client.fetchHistory(workflow.getExecution().getWorkflowId()).getEvents().stream()
        .filter(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
        .count();
  }
}
