package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.SearchResult;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs searches on a server of their own, whose histories have to replay.
 *
 * @param workers that stay from one search to the next
 */
record MeasuredRun(FakeBlockWorkers workers) {

  SearchResult search(SearchSpec spec) {
    try (TestWorkflowEnvironment environment = FakeServer.start(workers)) {
      int before = iterations(spec);
      SearchWorkflow search =
          FakeServer.workflow(environment, SearchWorkflow.class, spec.workflowId());
      SearchResult result = search.search(SearchInput.of(spec));
      SearchProgress progress = search.progress();
      assertThat(progress.phase()).isEqualTo(SearchProgress.Phase.FINISHED);
      assertThat(progress.evaluated()).isEqualTo(result.evaluations());
      assertThat(progress.tokens()).isEqualTo(result.tokens());
      List<String> histories = new ArrayList<>(List.of(spec.workflowId()));
      for (int i = before; i < iterations(spec); i++) {
        histories.add("%s-iteration-%02d".formatted(spec.workflowId(), i));
      }
      for (String id : histories) {
        replay(environment.getWorkflowClient().fetchHistory(id));
      }
      return result;
    }
  }

  static void replay(WorkflowExecutionHistory history) {
    try {
      WorkflowReplayer.replayWorkflowExecution(
          history, SearchWorkflowImpl.class, IterationWorkflowImpl.class);
    } catch (Exception e) {
      throw new AssertionError("the history does not replay", e);
    }
  }

  private int iterations(SearchSpec spec) {
    return workers.store().latest(spec.key()).stream().mapToInt(last -> last.iteration() + 1).sum();
  }
}
