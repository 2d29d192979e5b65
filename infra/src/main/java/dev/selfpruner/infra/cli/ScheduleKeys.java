package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.payload.KeyRing;
import dev.selfpruner.infra.payload.PayloadEncryption;
import dev.selfpruner.infra.report.ScheduleReport;
import dev.selfpruner.workflows.CompareWorkflow;
import dev.selfpruner.workflows.SearchWorkflow;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payloads;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleDescription;
import io.temporal.client.schedules.ScheduleException;
import io.temporal.client.schedules.ScheduleListActionStartWorkflow;
import io.temporal.client.schedules.ScheduleListDescription;
import java.util.Optional;
import java.util.Set;

/**
 * Which keys schedules need. The server keeps a search's input as it came when the schedule was
 * created, and starts every search with it: where keys change, nothing writes it anew.
 */
final class ScheduleKeys {
  private static final Set<String> OURS =
      Set.of(SearchWorkflow.class.getSimpleName(), CompareWorkflow.class.getSimpleName());

  private final Optional<KeyRing> keys;

  /**
   * @param keys of this command
   */
  ScheduleKeys(Optional<KeyRing> keys) {
    this.keys = keys;
  }

  ScheduleReport report(ScheduleDescription described) {
    return ScheduleReport.of(described, oldKey(described));
  }

  /** Lists say nothing of inputs: the schedule is asked for, if it is one of ours. */
  ScheduleReport report(ScheduleClient schedules, ScheduleListDescription listed) {
    boolean ours =
        listed.getSchedule().getAction() instanceof ScheduleListActionStartWorkflow start
            && OURS.contains(start.getWorkflow());
    return ScheduleReport.of(
        listed, ours && keys.isPresent() ? oldKey(schedules, listed.getScheduleId()) : "");
  }

  private String oldKey(ScheduleClient schedules, String id) {
    try {
      return oldKey(schedules.getHandle(id).describe());
    } catch (ScheduleException e) {
      if (e.getCause() instanceof StatusRuntimeException answer
          && answer.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return ""; // somebody has deleted it since it was listed
      }
      throw e;
    }
  }

  /** Name of the key that the input is encrypted with; empty if it is the first, or none. */
  private String oldKey(ScheduleDescription described) {
    if (keys.isEmpty()
        || !(described.getSchedule().getAction() instanceof ScheduleActionStartWorkflow start)
        || !OURS.contains(start.getWorkflowType())) {
      return "";
    }
    return start.getArguments().toPayloads().map(Payloads::getPayloadsList).stream()
        .flatMap(payloads -> payloads.stream())
        .flatMap(payload -> PayloadEncryption.keyOf(payload).stream())
        .filter(key -> !keys.get().isFirst(key))
        .findFirst()
        .orElse("");
  }
}
