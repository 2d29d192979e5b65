package dev.selfpruner.infra.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.MessageLite;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a server keeps of its workflows, as it lies there, but for what is never encrypted:
 * search attributes, and the marks by which the SDK tells versions of our code apart.
 */
record RawHistories(List<String> workflowIds, List<HistoryEvent> events, String bytes) {

  static RawHistories of(String target) throws InterruptedException {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
    try {
      List<String> ids = new ArrayList<>();
      List<HistoryEvent> events = new ArrayList<>();
      StringBuilder bytes = new StringBuilder();
      for (WorkflowExecutionInfo workflow : workflows(stubs)) {
        ids.add(workflow.getExecution().getWorkflowId());
        bytes.append(text(workflow.toBuilder().clearSearchAttributes().build()));
        DescribeWorkflowExecutionResponse.Builder description =
            stubs
                .blockingStub()
                .describeWorkflowExecution(
                    DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace("default")
                        .setExecution(workflow.getExecution())
                        .build())
                .toBuilder();
        description.getWorkflowExecutionInfoBuilder().clearSearchAttributes();
        bytes.append(text(description.build()));
        List<HistoryEvent> history =
            stubs
                .blockingStub()
                .getWorkflowExecutionHistory(
                    GetWorkflowExecutionHistoryRequest.newBuilder()
                        .setNamespace("default")
                        .setExecution(workflow.getExecution())
                        .build())
                .getHistory()
                .getEventsList();
        history.stream()
            .filter(event -> !isOfAVersion(event))
            .forEach(event -> bytes.append(text(event)));
        events.addAll(history);
      }
      return new RawHistories(ids, events, bytes.toString());
    } finally {
      stubs.shutdownNow();
    }
  }

  private static boolean isOfAVersion(HistoryEvent event) {
    return event.getMarkerRecordedEventAttributes().getMarkerName().equals("Version");
  }

  private static String text(MessageLite message) {
    return new String(message.toByteArray(), ISO_8859_1);
  }

  /** What is listed lags behind what is: until two looks a second apart agree. */
  private static List<WorkflowExecutionInfo> workflows(WorkflowServiceStubs stubs)
      throws InterruptedException {
    List<WorkflowExecutionInfo> before = List.of();
    while (true) {
      List<WorkflowExecutionInfo> now =
          stubs
              .blockingStub()
              .listWorkflowExecutions(
                  ListWorkflowExecutionsRequest.newBuilder().setNamespace("default").build())
              .getExecutionsList();
      if (!now.isEmpty() && now.size() == before.size()) {
        return now;
      }
      before = now;
      Thread.sleep(1_000);
    }
  }
}
