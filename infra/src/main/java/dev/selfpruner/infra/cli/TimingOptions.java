package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.client.schedules.SchedulePolicy;
import io.temporal.client.schedules.ScheduleSpec;
import io.temporal.client.schedules.ScheduleState;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** When a schedule starts a search, and when it leaves that out. */
final class TimingOptions {
  @Option(
      names = "--cron",
      paramLabel = "EXPRESSION",
      description =
          "When: minute, hour, day of month, month, day of week, such as '0 2 * * *' for every night at two.")
  private List<String> crons = List.of();

  @Option(
      names = "--every",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description = "Or: how often, such as 24h, counted from 1970.")
  private Duration every;

  @Option(
      names = "--time-zone",
      paramLabel = "NAME",
      description = "Of --cron, such as Europe/Berlin (default: UTC).")
  private String timeZone = "";

  /** Two searches of one model on one set of GPUs only make each other slow. */
  @Option(
      names = "--overlap",
      paramLabel = "NAME",
      converter = Choice.OfOverlap.class,
      description =
          "While one of its searches is running: skip (default: two would share the same GPUs), buffer-one, buffer-all, cancel-other, terminate-other or allow-all.")
  private Overlap overlap = Overlap.SKIP;

  /** Missed nights are not worth more than one search: they would all measure the same model. */
  @Option(
      names = "--catchup",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description =
          "Start late what was missed while the server was down, if it is no later than this (default: 1h).")
  private Duration catchup = Duration.ofHours(1);

  @Option(names = "--note", paramLabel = "TEXT", description = "What people read beside it.")
  private String note = "";

  @Option(names = "--paused", description = "Create it without starting its clock.")
  private boolean paused;

  /**
   * @throws UserError if nothing says when
   */
  ScheduleSpec times() {
    if (crons.isEmpty() && every == null) {
      throw new UserError("when? give --cron '0 2 * * *', or --every 24h");
    }
    ScheduleSpec.Builder times = ScheduleSpec.newBuilder();
    if (!timeZone.isEmpty()) {
      times.setTimeZoneName(timeZone);
    }
    if (every != null) {
      times.setIntervals(List.of(new ScheduleIntervalSpec(every)));
    }
    return times.setCronExpressions(crons).build();
  }

  SchedulePolicy policy() {
    return SchedulePolicy.newBuilder()
        .setOverlap(overlap.policy())
        .setCatchupWindow(catchup)
        .build();
  }

  ScheduleState state() {
    return ScheduleState.newBuilder().setNote(note).setPaused(paused).build();
  }
}
