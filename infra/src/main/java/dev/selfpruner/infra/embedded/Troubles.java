package dev.selfpruner.infra.embedded;

import dev.selfpruner.infra.Printable;
import dev.selfpruner.infra.connection.OpenWorkflow;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.common.converter.DataConverter;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells people what Temporal is trying again. Retries go on for ever, so that a search outlives an
 * LLM or a worker that is away for a day; without a word, that would look like a hang.
 */
final class Troubles {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final DataConverter converter;
  private final Family family;
  private final Consumer<String> notes;
  private final Set<String> told = new HashSet<>();
  private long lookedAt = System.nanoTime() - INTERVAL.toNanos();

  Troubles(WorkflowClient client, String workflowId, Consumer<String> notes) {
    this.converter = client.getOptions().getDataConverter();
    this.family = new Family(client, workflowId);
    this.notes = notes;
  }

  /** Looks, unless it has looked a moment ago. */
  void look() {
    if (System.nanoTime() - lookedAt < INTERVAL.toNanos()) {
      return;
    }
    lookedAt = System.nanoTime();
    family.look(this::tell);
  }

  private void tell(DescribeWorkflowExecutionResponse workflow) {
    tellOfPause(workflow);
    for (PendingActivityInfo activity : workflow.getPendingActivitiesList()) {
      if (activity.hasLastFailure()) {
        String name = activity.getActivityType().getName();
        String reason = Printable.text(reason(activity.getLastFailure()));
        if (told.add(name + reason)) {
          notes.accept("%s failed and is tried again: %s".formatted(name, reason));
        }
      }
    }
  }

  /** One pause of several is told of each time. */
  private void tellOfPause(DescribeWorkflowExecutionResponse workflow) {
    String id = workflow.getWorkflowExecutionInfo().getExecution().getWorkflowId();
    if (!OpenWorkflow.isPaused(workflow.getWorkflowExecutionInfo().getStatus())) {
      told.remove(id);
    } else if (told.add(id)) {
      String reason = workflow.getWorkflowExtendedInfo().getPauseInfo().getReason();
      notes.accept(
          "%s is paused by Temporal%s: it goes on after '%s'"
              .formatted(
                  id,
                  reason.isBlank() ? "" : " (%s)".formatted(Printable.line(reason)),
                  OpenWorkflow.unpause(id)));
    }
  }

  /** A server need not put into words that a worker died or hung. */
  private String reason(Failure failure) {
    String message = failure.hasEncodedAttributes() ? decoded(failure) : failure.getMessage();
    return message.isBlank() && failure.hasTimeoutFailureInfo()
        ? "its worker gave no sign of life"
        : message;
  }

  /** The message alone: what is around it in an exception is said otherwise already. */
  private String decoded(Failure failure) {
    return converter.failureToException(failure) instanceof TemporalFailure known
        ? Optional.ofNullable(known.getOriginalMessage()).orElse("")
        : failure.getMessage();
  }
}
