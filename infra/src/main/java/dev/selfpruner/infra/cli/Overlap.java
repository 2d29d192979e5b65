package dev.selfpruner.infra.cli;

import io.temporal.api.enums.v1.ScheduleOverlapPolicy;

/** What a schedule does when its time comes while a search that it started is still running. */
enum Overlap {
  SKIP(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP),
  BUFFER_ONE(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE),
  BUFFER_ALL(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL),
  CANCEL_OTHER(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_CANCEL_OTHER),
  TERMINATE_OTHER(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER),
  ALLOW_ALL(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL);

  private final ScheduleOverlapPolicy policy;

  Overlap(ScheduleOverlapPolicy policy) {
    this.policy = policy;
  }

  ScheduleOverlapPolicy policy() {
    return policy;
  }
}
