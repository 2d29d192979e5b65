package dev.selfpruner.infra.report;

import dev.selfpruner.activities.Json;
import io.temporal.client.schedules.ScheduleActionExecutionStartWorkflow;
import io.temporal.client.schedules.ScheduleActionResult;
import io.temporal.client.schedules.ScheduleDescription;
import io.temporal.client.schedules.ScheduleListDescription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A schedule, as its command shows it.
 *
 * @param schedule its name
 * @param paused whether its clock stands still
 * @param note that somebody left
 * @param searches workflows that it started last, and those of them that are running
 * @param next times at which it starts others
 * @param oldKey that their input is encrypted with; empty where that is the first key, or none
 */
public record ScheduleReport(
    String schedule,
    boolean paused,
    String note,
    List<String> searches,
    List<String> next,
    String oldKey) {
  private static final int NEXT = 3;

  public static ScheduleReport of(ScheduleDescription described, String oldKey) {
    return new ScheduleReport(
        described.getId(),
        described.getSchedule().getState().isPaused(),
        Optional.ofNullable(described.getSchedule().getState().getNote()).orElse(""),
        searches(described.getInfo().getRecentActions()),
        times(described.getInfo().getNextActionTimes()),
        oldKey);
  }

  public static ScheduleReport of(ScheduleListDescription listed, String oldKey) {
    return new ScheduleReport(
        listed.getScheduleId(),
        listed.getSchedule().getState().isPaused(),
        Optional.ofNullable(listed.getSchedule().getState().getNote()).orElse(""),
        searches(listed.getInfo().getRecentActions()),
        times(listed.getInfo().getNextActionTimes()),
        oldKey);
  }

  public String json() {
    return Json.write(this);
  }

  public static String json(List<ScheduleReport> all) {
    return Json.write(all);
  }

  public String text() {
    List<String> lines = new ArrayList<>();
    lines.add(schedule + (paused ? " (paused)" : "") + (note.isEmpty() ? "" : ": " + note));
    lines.add("  started: " + (searches.isEmpty() ? "nothing yet" : String.join(", ", searches)));
    lines.add("  next: " + (paused || next.isEmpty() ? "none" : String.join(", ", next)));
    if (!oldKey.isEmpty()) {
      lines.add(
          "  key: its input is encrypted with key %s, which is not the first: delete it and create it anew before that key is taken away"
              .formatted(oldKey));
    }
    return String.join("\n", lines);
  }

  public static String text(List<ScheduleReport> all) {
    return all.isEmpty()
        ? "no schedules"
        : String.join("\n", all.stream().map(ScheduleReport::text).toList());
  }

  private static List<String> searches(List<ScheduleActionResult> results) {
    return results.stream()
        .map(ScheduleActionResult::getAction)
        .flatMap(
            action ->
                action instanceof ScheduleActionExecutionStartWorkflow started
                    ? Stream.of(started.getWorkflowId())
                    : Stream.empty())
        .toList();
  }

  private static List<String> times(List<Instant> times) {
    return times.stream().limit(NEXT).map(Instant::toString).toList();
  }
}
