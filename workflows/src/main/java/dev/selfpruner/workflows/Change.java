package dev.selfpruner.workflows;

import io.temporal.workflow.Workflow;

/**
 * What workflows ask of a server otherwise than those that began before: {@link Policies} says of
 * each what it is. Each is in a recorded history, as a test sees to.
 */
enum Change {
  STEERABLE("steerable"),
  BATCHES_AT_A_TIME("batches-at-a-time"),
  REPORTS("reports"),
  GATHERED_PROBINGS("gathered-probings"),
  PROBE_NAMES("probe-names"),
  GIVEN_UP("given-up"),
  AGAIN_WITH_MORE("again-with-more"),
  UNREAD_TEXT("unread-text"),
  UNRANKED("unranked"),
  CANDIDATES_PER_ACTIVITY("candidates-per-activity"),
  LIMITS("limits"),
  CLAIMS("claims"),
  BEGINS_AGAIN("begins-again"),
  ALL_FAILED("all-failed");

  /** What it is called in histories, for ever. */
  private final String id;

  Change(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }

  /** Whether it holds for this workflow: not for one that came to this point before it was made. */
  boolean isHere() {
    return Workflow.getVersion(id, Workflow.DEFAULT_VERSION, 1) >= 1;
  }
}
