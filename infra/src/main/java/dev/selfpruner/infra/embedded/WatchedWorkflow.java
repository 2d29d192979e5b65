package dev.selfpruner.infra.embedded;

import dev.selfpruner.infra.connection.OpenWorkflow;
import dev.selfpruner.workflows.Memos;
import dev.selfpruner.workflows.TaskQueues;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A workflow on a Temporal server, found by its name and watched to its end.
 *
 * @param limits digest of the limits that it is to keep to, which are no part of its name
 * @param result class of what it returns
 */
record WatchedWorkflow<R>(
    WorkflowClient client, String workflowId, String limits, Class<R> result) {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedWorkflow.class);
  private static final long LOOK_EVERY_MILLIS = 1_000;

  /** Looks until the server is asked whether it has ended, should the client not be told. */
  private static final int LOOKS_AT_THE_END = 10;

  /** Whether the server has it under way, be it paused. */
  boolean isRunning() {
    try {
      return OpenWorkflow.isOpen(stub().describe().getStatus());
    } catch (WorkflowNotFoundException e) {
      return false;
    }
  }

  /**
   * A stub to start it with, unless the server has it under way with the same limits. One with
   * others is ended: what it did is in the store.
   *
   * @param notes is told if one was ended
   */
  <W> W starter(Class<W> type, Consumer<String> notes) {
    if (isRunning() && !limits.equals(stub().describe().getMemo(Memos.LIMITS, String.class))) {
      new Family(client, workflowId).end("goes on with other limits");
      notes.accept("Going on with the new limits.");
    }
    return client.newWorkflowStub(
        type,
        WorkflowOptions.newBuilder()
            .setTaskQueue(TaskQueues.WORKFLOW)
            .setWorkflowId(workflowId)
            .setMemo(Map.of(Memos.LIMITS, limits))
            .setWorkflowIdConflictPolicy(
                WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
            // One that failed goes on from the store.
            .setWorkflowIdReusePolicy(
                WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
            .build());
  }

  /**
   * Waits for the result.
   *
   * @param look is run about once a second; a server or worker that is away for a moment may fail
   *     it
   * @param notes is told what keeps the workflow waiting
   * @param requireWorkers throws when there is nobody left to do the work, which ends the wait
   * @throws io.temporal.client.WorkflowFailedException if the workflow failed
   * @throws InterruptedException if this thread was interrupted; the workflow goes on
   */
  R await(Consumer<WorkflowStub> look, Consumer<String> notes, Runnable requireWorkers)
      throws InterruptedException {
    CompletableFuture<R> outcome = stub().getResultAsync(result);
    Troubles troubles = new Troubles(client, workflowId, notes);
    boolean waits = true;
    int looks = 0;
    while (true) {
      try {
        return outcome.get(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        waits = true;
        looks++;
        if (looks % LOOKS_AT_THE_END == 0 && hasEnded()) { // and the client was told nothing of it
          LOG.info("{} has ended: its result is asked for again", workflowId);
          outcome = stub().getResultAsync(result);
        }
      } catch (ExecutionException e) {
        boolean paused = e.getCause() instanceof WorkflowServiceException && isPaused();
        if (!(e.getCause() instanceof WorkflowServiceException) || !(paused || waits)) {
          throw e.getCause() instanceof RuntimeException cause
              ? cause
              : new IllegalStateException(e.getCause());
        }
        // A pause of Temporal's ends the client's wait, which fails at once until it is over: once
        // more where it is over by now.
        LOG.debug("the wait for {} is to be begun again", workflowId, e.getCause());
        waits = paused;
        Thread.sleep(LOOK_EVERY_MILLIS);
        outcome = stub().getResultAsync(result);
      }
      requireWorkers.run();
      tolerant(troubles::look); // first: nobody may be there to answer the other
      tolerant(() -> look.accept(stub()));
    }
  }

  /** So far as its server can be asked. */
  private boolean hasEnded() {
    try {
      return !isRunning();
    } catch (WorkflowException | StatusRuntimeException e) {
      return false;
    }
  }

  /** Whether Temporal itself has paused it, so far as its server can be asked. */
  private boolean isPaused() {
    try {
      return OpenWorkflow.isPaused(stub().describe().getStatus());
    } catch (WorkflowException | StatusRuntimeException e) {
      return false;
    }
  }

  private static void tolerant(Runnable look) {
    try {
      look.run();
    } catch (WorkflowException | StatusRuntimeException e) {
      LOG.debug("no progress to be had just now", e);
    }
  }

  private WorkflowStub stub() {
    return client.newUntypedWorkflowStub(workflowId);
  }
}
