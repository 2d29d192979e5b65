package dev.selfpruner.infra.embedded;

import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.workflows.SearchProgress;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.SearchWorkflow;
import dev.selfpruner.workflows.TaskQueues;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a search on a Temporal server: started, or found running, and watched to its end. */
public final class SearchRun {
  private static final Logger LOG = LoggerFactory.getLogger(SearchRun.class);
  private static final long LOOK_EVERY_MILLIS = 1_000;

  private final WorkflowClient client;
  private final SearchSpec spec;

  public SearchRun(WorkflowClient client, SearchSpec spec) {
    this.client = client;
    this.spec = spec;
  }

  /** Whether the server has this run under way. */
  public boolean isRunning() {
    try {
      return stub().describe().getStatus()
          == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    } catch (WorkflowNotFoundException e) {
      return false;
    }
  }

  /** Starts the run, unless the server has it under way. */
  public void start() {
    SearchWorkflow workflow =
        client.newWorkflowStub(
            SearchWorkflow.class,
            WorkflowOptions.newBuilder()
                .setTaskQueue(TaskQueues.WORKFLOW)
                .setWorkflowId(spec.workflowId())
                .setWorkflowIdConflictPolicy(
                    WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                // One that failed goes on from the store; one that finished is not asked for again.
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
                .build());
    LOG.info("search {}", WorkflowClient.start(workflow::search, spec));
  }

  /**
   * Waits for the result.
   *
   * @param progress is told how far the search is, about once a second
   * @param notes is told what keeps the search waiting
   * @param requireWorkers throws when there is nobody left to do the work, which ends the wait
   * @throws io.temporal.client.WorkflowFailedException if the search failed
   * @throws InterruptedException if this thread was interrupted; the search goes on
   */
  public SearchResult await(
      Consumer<SearchProgress> progress, Consumer<String> notes, Runnable requireWorkers)
      throws InterruptedException {
    CompletableFuture<SearchResult> result = stub().getResultAsync(SearchResult.class);
    Troubles troubles = new Troubles(client, spec.workflowId(), notes);
    while (true) {
      try {
        return result.get(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        requireWorkers.run();
        look(progress, troubles);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException cause
            ? cause
            : new IllegalStateException(e.getCause());
      }
    }
  }

  private void look(Consumer<SearchProgress> progress, Troubles troubles) {
    try {
      progress.accept(stub().query("progress", SearchProgress.class));
      troubles.look();
    } catch (WorkflowException | StatusRuntimeException e) {
      LOG.debug("no progress to be had just now", e);
    }
  }

  private WorkflowStub stub() {
    return client.newUntypedWorkflowStub(spec.workflowId());
  }
}
