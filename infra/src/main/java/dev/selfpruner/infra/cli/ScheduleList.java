package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.report.ScheduleReport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code schedule list}. */
@Command(
    name = "list",
    sortOptions = false,
    header = "List schedules, and those whose input is under a key that is not the first.")
final class ScheduleList implements Callable<Integer> {
  private final Console console;

  @Mixin private ScheduleServer server = new ScheduleServer();

  ScheduleList(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    server.run(
        console,
        "",
        schedules -> {
          ScheduleKeys keys = server.keys();
          List<ScheduleReport> all =
              schedules.listSchedules().map(listed -> keys.report(schedules, listed)).toList();
          console.result(server.json() ? ScheduleReport.json(all) : ScheduleReport.text(all));
        });
    return ExitCodes.OK;
  }
}
