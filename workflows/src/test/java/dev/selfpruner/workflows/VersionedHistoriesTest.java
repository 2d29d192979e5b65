package dev.selfpruner.workflows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.WorkflowReplayer;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Workflows of a real server with two versions of workers, of which the second became current. */
class VersionedHistoriesTest {
  private static final String COMPARISON = "compare-54d50f3fe1284123";

  /** Ends after two iterations, since a server said that there is a newer version. */
  @Test
  void aSearchThatWentOverToANewerVersionReplays() throws Exception {
    WorkflowExecutionHistory history = read("pinned-first.json", COMPARISON + "-0-0");
    List<HistoryEvent> events = history.getEvents();
    assertThat(events.get(events.size() - 1).getEventType())
        .isEqualTo(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW);

    WorkflowReplayer.replayWorkflowExecution(history, SearchWorkflowImpl.class);
  }

  /** Begun by one version, ended by the next: its code has to fit what is under way. */
  @Test
  void aComparisonReplays() throws Exception {
    WorkflowReplayer.replayWorkflowExecution(
        read("compare.json", COMPARISON), CompareWorkflowImpl.class);
  }

  private WorkflowExecutionHistory read(String name, String workflowId) throws IOException {
    try (InputStream json = getClass().getResourceAsStream("histories/" + name)) {
      return WorkflowExecutionHistory.fromJson(new String(json.readAllBytes(), UTF_8), workflowId);
    }
  }
}
