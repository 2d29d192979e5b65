package dev.selfpruner.infra.embedded;

import dev.selfpruner.workflows.CompareEntry;
import dev.selfpruner.workflows.CompareInput;
import dev.selfpruner.workflows.CompareProgress;
import dev.selfpruner.workflows.CompareResult;
import dev.selfpruner.workflows.CompareSpec;
import dev.selfpruner.workflows.CompareWorkflow;
import dev.selfpruner.workflows.SearchProgress;
import io.temporal.client.WorkflowClient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A comparison on a Temporal server: started, or found running, and watched to its end. */
public final class CompareRun {
  private static final Logger LOG = LoggerFactory.getLogger(CompareRun.class);

  private final WorkflowClient client;
  private final WatchedWorkflow<CompareResult> workflow;
  private final CompareSpec spec;

  public CompareRun(WorkflowClient client, CompareSpec spec) {
    this.client = client;
    this.workflow =
        new WatchedWorkflow<>(client, spec.workflowId(), limits(spec), CompareResult.class);
    this.spec = spec;
  }

  /**
   * Starts the comparison, unless the server has it under way. One under way with other limits goes
   * on with these, from the store.
   *
   * @param notes is told of that
   */
  public void start(Consumer<String> notes) {
    CompareWorkflow starter = workflow.starter(CompareWorkflow.class, notes);
    LOG.info("comparison {}", WorkflowClient.start(starter::compare, CompareInput.of(spec)));
  }

  /**
   * Waits for the result.
   *
   * @param progress is told, about once a second, how far the comparison is, and how far each
   *     search that is under way
   * @param notes is told what keeps it waiting
   * @param requireWorkers throws when there is nobody left to do the work, which ends the wait
   * @throws InterruptedException if this thread was interrupted; the comparison goes on
   */
  public CompareResult await(
      BiConsumer<CompareProgress, Map<CompareProgress.Running, SearchProgress>> progress,
      Consumer<String> notes,
      Runnable requireWorkers)
      throws InterruptedException {
    return workflow.await(
        stub -> {
          CompareProgress now = stub.query("progress", CompareProgress.class);
          progress.accept(now, searches(now));
        },
        notes,
        requireWorkers);
  }

  private static String limits(CompareSpec spec) {
    return SearchLimits.digest(spec.entries().stream().map(CompareEntry::spec).toList());
  }

  private Map<CompareProgress.Running, SearchProgress> searches(CompareProgress now) {
    Map<CompareProgress.Running, SearchProgress> searches = new LinkedHashMap<>();
    for (CompareProgress.Running running : now.running()) {
      searches.put(
          running,
          client
              .newUntypedWorkflowStub(running.workflowId())
              .query("progress", SearchProgress.class));
    }
    return searches;
  }
}
