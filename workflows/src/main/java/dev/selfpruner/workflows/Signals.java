package dev.selfpruner.workflows;

import static io.temporal.api.enums.v1.SignalExternalWorkflowExecutionFailedCause.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND;

import io.temporal.failure.ApplicationFailure;

/** Signals from one workflow to another. */
final class Signals {
  /** The type of the failure that the SDK throws: the name of the server's cause. */
  private static final String NOT_FOUND =
      SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND.name();

  private Signals() {}

  /** Sends a signal that has nobody to tell once its receiver has ended. */
  static void unlessEnded(Runnable signal) {
    try {
      signal.run();
    } catch (ApplicationFailure e) {
      if (!NOT_FOUND.equals(e.getType())) {
        throw e;
      }
    }
  }
}
