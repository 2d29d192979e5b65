package dev.selfpruner.infra.embedded;

import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.workflows.SearchInput;
import dev.selfpruner.workflows.SearchProgress;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.SearchWorkflow;
import io.temporal.client.WorkflowClient;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a search on a Temporal server: started, or found running, and watched to its end. */
public final class SearchRun {
  private static final Logger LOG = LoggerFactory.getLogger(SearchRun.class);

  private final WatchedWorkflow<SearchResult> workflow;
  private final SearchSpec spec;

  public SearchRun(WorkflowClient client, SearchSpec spec) {
    this.workflow =
        new WatchedWorkflow<>(
            client, spec.workflowId(), SearchLimits.digest(spec), SearchResult.class);
    this.spec = spec;
  }

  /** Whether the server has this run under way. */
  public boolean isRunning() {
    return workflow.isRunning();
  }

  /**
   * Starts the run, unless the server has it under way. One under way with other limits goes on
   * with these, from the store.
   *
   * @param notes is told of that
   */
  public void start(Consumer<String> notes) {
    SearchWorkflow starter = workflow.starter(SearchWorkflow.class, notes);
    LOG.info("search {}", WorkflowClient.start(starter::search, SearchInput.of(spec)));
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
    return workflow.await(
        stub -> progress.accept(stub.query("progress", SearchProgress.class)),
        notes,
        requireWorkers);
  }
}
