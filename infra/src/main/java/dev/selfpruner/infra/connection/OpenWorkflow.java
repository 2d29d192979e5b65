package dev.selfpruner.infra.connection;

import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Which workflows are open: those that run, those that Temporal itself has paused ({@code temporal
 * workflow pause}), and whatever a newer server may know between beginning and end. It may go on,
 * and needs what it refers to.
 */
public final class OpenWorkflow {
  /**
   * Finds them on a server, whatever it knows: one that can't pause workflows would refuse to look
   * for paused ones.
   */
  public static final String QUERY =
      Arrays.stream(WorkflowExecutionStatus.values())
          .filter(status -> !isOpen(status))
          .map(status -> "ExecutionStatus != '%s'".formatted(word(status)))
          .collect(Collectors.joining(" AND "));

  /** Prefix of a status as the protocol has it. */
  private static final String STATUS = "WORKFLOW_EXECUTION_STATUS_";

  private OpenWorkflow() {}

  public static boolean isOpen(WorkflowExecutionStatus status) {
    return switch (status) {
      case WORKFLOW_EXECUTION_STATUS_RUNNING,
          WORKFLOW_EXECUTION_STATUS_PAUSED,
          WORKFLOW_EXECUTION_STATUS_UNSPECIFIED,
          UNRECOGNIZED ->
          true;
      case WORKFLOW_EXECUTION_STATUS_COMPLETED,
          WORKFLOW_EXECUTION_STATUS_FAILED,
          WORKFLOW_EXECUTION_STATUS_CANCELED,
          WORKFLOW_EXECUTION_STATUS_TERMINATED,
          WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW, // another has its name, and is
          WORKFLOW_EXECUTION_STATUS_TIMED_OUT ->
          false;
    };
  }

  /** Whether Temporal itself has paused it: its worker is told nothing until that ends. */
  public static boolean isPaused(WorkflowExecutionStatus status) {
    return status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED;
  }

  /** What ends a pause of Temporal's. */
  public static String unpause(String workflowId) {
    return "temporal workflow unpause --workflow-id " + workflowId;
  }

  /** As servers' queries have it: {@code ContinuedAsNew}. */
  private static String word(WorkflowExecutionStatus status) {
    return Arrays.stream(status.name().substring(STATUS.length()).split("_"))
        .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }
}
