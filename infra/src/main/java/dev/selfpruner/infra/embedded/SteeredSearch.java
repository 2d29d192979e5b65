package dev.selfpruner.infra.embedded;

import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.OpenWorkflow;
import dev.selfpruner.workflows.SearchProgress;
import dev.selfpruner.workflows.SpendingView;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A search on a server, whoever started it: looked at, told something, watched. It is the run that
 * is the last of those that continue each other.
 *
 * @param client of the server
 * @param workflowId of the search
 * @param patience with a worker that is to answer
 */
public record SteeredSearch(WorkflowClient client, String workflowId, Duration patience) {
  private static final String TYPE = "SearchWorkflow";

  /** A worker that is there answers in a moment; one that computes a large first plan, later. */
  private static final Duration USUAL_PATIENCE = Duration.ofSeconds(30);

  public SteeredSearch(WorkflowClient client, String workflowId) {
    this(client, workflowId, USUAL_PATIENCE);
  }

  /**
   * Tells the search something and waits until it has taken it.
   *
   * @param update name of the workflow's update
   * @throws UserError if there is no such search, it is over, it refuses, or no worker answers
   */
  public SearchProgress update(String update, Object... arguments) throws InterruptedException {
    requireRunning();
    return answered(() -> stub().update(update, SearchProgress.class, arguments));
  }

  /**
   * Asks how far it is.
   *
   * @throws UserError if there is no such search, or no worker answers
   */
  public SearchProgress progress() throws InterruptedException {
    return answered(() -> stub().query("progress", SearchProgress.class));
  }

  /**
   * Asks what it has used, and what it may.
   *
   * @throws UserError if there is no such search, or no worker answers
   */
  public SpendingView spending() throws InterruptedException {
    return answered(() -> stub().query("spending", SpendingView.class));
  }

  /**
   * Follows it to its end.
   *
   * @param progress is told about once a second how far it is
   * @param notes is told what keeps it waiting
   * @throws UserError if there is no such search
   * @throws io.temporal.client.WorkflowFailedException if it failed
   */
  public SearchResult watch(Consumer<SearchProgress> progress, Consumer<String> notes)
      throws InterruptedException {
    WorkflowExecutionStatus unused = status();
    return new WatchedWorkflow<>(client, workflowId, "", SearchResult.class)
        .await(
            stub -> progress.accept(stub.query("progress", SearchProgress.class)), notes, () -> {});
  }

  private void requireRunning() {
    WorkflowExecutionStatus status = status();
    if (OpenWorkflow.isPaused(status)) {
      throw new UserError(
          "%s is paused by Temporal, which hands it nothing before '%s'"
              .formatted(workflowId, OpenWorkflow.unpause(workflowId)));
    }
    if (!OpenWorkflow.isOpen(status)) {
      throw new UserError(
          "%s is over (%s): there is nothing left to steer; its command given again goes on with one that ended early"
              .formatted(workflowId, SearchList.word(status)));
    }
  }

  private WorkflowExecutionStatus status() {
    WorkflowExecutionDescription description;
    try {
      description = stub().describe();
    } catch (WorkflowNotFoundException e) {
      throw notFound(e);
    }
    if (!description.getWorkflowType().equals(TYPE)) {
      throw new UserError(
          "%s is no search, but a %s: 'selfpruner list' shows searches"
              .formatted(workflowId, description.getWorkflowType()));
    }
    return description.getStatus();
  }

  private UserError notFound(Exception cause) {
    return new UserError(
        "the server knows no search %s: 'selfpruner list' shows those that it knows"
            .formatted(workflowId),
        cause);
  }

  /** A server keeps a question while no worker is there, and an update may be taken later. */
  private <T> T answered(Supplier<T> question) throws InterruptedException {
    CompletableFuture<T> answer = CompletableFuture.supplyAsync(question);
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw unanswered(e);
    } catch (ExecutionException e) {
      throw inWords(e.getCause());
    }
  }

  private RuntimeException inWords(Throwable failure) {
    if (failure instanceof WorkflowNotFoundException gone) {
      return notFound(gone);
    }
    if (failure instanceof WorkflowUpdateException refused) {
      return new UserError("%s: %s".formatted(workflowId, reason(refused)), refused);
    }
    if (failure instanceof WorkflowException || failure instanceof StatusRuntimeException) {
      return unanswered(failure);
    }
    return failure instanceof RuntimeException other ? other : new IllegalStateException(failure);
  }

  private UserError unanswered(Throwable cause) {
    return new UserError(
        "%s: no worker of it answers: start one ('selfpruner worker workflow', or the search's command once more) and ask again; what was asked for may still be done then"
            .formatted(workflowId),
        cause);
  }

  /** What the workflow's validator or its handler says. */
  private static String reason(WorkflowUpdateException refused) {
    Optional<String> said =
        Stream.iterate((Throwable) refused, cause -> cause != null, Throwable::getCause)
            .limit(20)
            .filter(ApplicationFailure.class::isInstance)
            .map(cause -> ((ApplicationFailure) cause).getOriginalMessage())
            .filter(message -> message != null && !message.isBlank())
            .reduce((first, last) -> last);
    return said.orElseGet(() -> String.valueOf(refused.getMessage()));
  }

  private WorkflowStub stub() {
    return client.newUntypedWorkflowStub(workflowId);
  }
}
