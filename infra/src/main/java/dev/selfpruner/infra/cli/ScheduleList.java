package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.report.ScheduleReport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code schedule list}. */
@Command(name = "list", sortOptions = false, header = "List schedules.")
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
          List<ScheduleReport> all = schedules.listSchedules().map(ScheduleReport::of).toList();
          console.result(server.json() ? ScheduleReport.json(all) : ScheduleReport.text(all));
        });
    return ExitCodes.OK;
  }
}
