package dev.selfpruner.infra.embedded;

import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.OpenWorkflow;
import dev.selfpruner.workflows.SearchAttributes;
import dev.selfpruner.workflows.SearchProgress;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.common.SearchAttributeKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The searches that a server knows.
 *
 * @param client of the server
 */
public record SearchList(WorkflowClient client) {
  /** Runs that another continues are parts of it. */
  private static final String QUERY =
      "WorkflowType = 'SearchWorkflow' AND ExecutionStatus != 'ContinuedAsNew'";

  /** With a worker that is to say what no search attribute says. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** Prefix of a status as the protocol has it. */
  private static final String STATUS = "WORKFLOW_EXECUTION_STATUS_";

  /**
   * A search.
   *
   * @param status in a word: running, completed, failed, ...
   * @param phase in a word; empty where nobody says
   * @param iteration that is under way, or was the last; -1 where nobody says
   * @param best perplexity on the search text; empty where nobody says, or none was measured
   * @param started when the first of its runs did
   */
  public record Listed(
      String id,
      String status,
      String model,
      String phase,
      long iteration,
      OptionalDouble best,
      Instant started) {}

  /**
   * The searches that began last.
   *
   * @param most of them
   * @throws UserError if the server can't list workflows
   */
  public List<Listed> latest(int most) throws InterruptedException {
    List<WorkflowExecutionMetadata> found;
    try (Stream<WorkflowExecutionMetadata> searches = client.listExecutions(QUERY)) {
      found = searches.limit(most).toList();
    } catch (StatusRuntimeException | WorkflowServiceException e) {
      throw new UserError(
          "this server can't list its searches (%s): look at them in its web interface"
              .formatted(e.getMessage()),
          e);
    }
    List<Listed> listed = new ArrayList<>();
    for (WorkflowExecutionMetadata each : found) {
      listed.add(
          each.getTypedSearchAttributes().containsKey(SearchAttributes.PHASE)
              ? byAttributes(each)
              : asked(each));
    }
    return List.copyOf(listed);
  }

  private static Listed byAttributes(WorkflowExecutionMetadata search) {
    Optional<Double> best = attribute(search, SearchAttributes.BEST);
    return listed(
        search,
        attribute(search, SearchAttributes.MODEL).orElse(""),
        attribute(search, SearchAttributes.PHASE).orElse(""),
        attribute(search, SearchAttributes.ITERATION).orElse(-1L),
        best.map(OptionalDouble::of).orElseGet(OptionalDouble::empty));
  }

  private static <T> Optional<T> attribute(
      WorkflowExecutionMetadata search, SearchAttributeKey<T> key) {
    return Optional.ofNullable(search.getTypedSearchAttributes().get(key));
  }

  /** Where search attributes aren't registered: its worker says, or its result. */
  private Listed asked(WorkflowExecutionMetadata search) throws InterruptedException {
    String id = search.getExecution().getWorkflowId();
    if (OpenWorkflow.isOpen(search.getStatus())) {
      try {
        SearchProgress progress = new SteeredSearch(client, id, PATIENCE).progress();
        return listed(
            search,
            "",
            progress.paused().isEmpty()
                ? progress.phase().name().toLowerCase(Locale.ROOT)
                : "paused",
            progress.iteration(),
            Double.isFinite(progress.best())
                ? OptionalDouble.of(progress.best())
                : OptionalDouble.empty());
      } catch (UserError e) {
        return listed(search, "", "", -1, OptionalDouble.empty()); // no worker answers
      }
    }
    return listed(search, "", "", -1, result(search));
  }

  private OptionalDouble result(WorkflowExecutionMetadata search) {
    if (search.getStatus() != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED) {
      return OptionalDouble.empty();
    }
    try {
      return OptionalDouble.of(
          client
              .newUntypedWorkflowStub(
                  WorkflowTargetOptions.newBuilder()
                      .setWorkflowExecution(search.getExecution())
                      .build())
              .getResult(SearchResult.class)
              .fitness());
    } catch (WorkflowException e) {
      return OptionalDouble.empty(); // its history is gone
    }
  }

  private static Listed listed(
      WorkflowExecutionMetadata search,
      String model,
      String phase,
      long iteration,
      OptionalDouble best) {
    Long began = search.getMemo("began", Long.class, Long.class);
    return new Listed(
        search.getExecution().getWorkflowId(),
        word(search.getStatus()),
        model,
        phase,
        iteration,
        best,
        began == null ? search.getStartTime() : Instant.ofEpochMilli(began));
  }

  static String word(WorkflowExecutionStatus status) {
    return status.name().replace(STATUS, "").toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
