package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.report.ScheduleReport;
import io.temporal.client.schedules.ScheduleHandle;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What is done to a schedule that is there. */
@Command(sortOptions = false)
final class ScheduleStep implements Callable<Integer> {
  private final Console console;
  private final Kind kind;

  /** What can be done. */
  enum Kind {
    DESCRIBE("Show a schedule, its last searches and its next times."),
    TRIGGER("Start its search now, whatever the time."),
    PAUSE("Stop its clock; a search that is running goes on."),
    RESUME("Start its clock again."),
    DELETE("Remove it; a search that is running goes on.");

    private final String header;

    Kind(String header) {
      this.header = header;
    }

    String header() {
      return header;
    }
  }

  @Parameters(paramLabel = "NAME", description = "The schedule.")
  private String id;

  @Mixin private ScheduleServer server = new ScheduleServer();

  ScheduleStep(Console console, Kind kind) {
    this.console = console;
    this.kind = kind;
  }

  @Override
  public Integer call() throws IOException {
    server.run(
        console,
        id,
        schedules -> {
          ScheduleHandle handle = schedules.getHandle(id);
          carryOut(handle);
          if (kind == Kind.DELETE) {
            console.result(
                server.json()
                    ? Json.write(Map.of("schedule", id, "deleted", true))
                    : id + " is deleted");
          } else {
            ScheduleReport report = server.keys().report(handle.describe());
            console.result(server.json() ? report.json() : report.text());
          }
        });
    return ExitCodes.OK;
  }

  private void carryOut(ScheduleHandle handle) {
    switch (kind) {
      case DESCRIBE -> {}
      case TRIGGER -> handle.trigger();
      case PAUSE -> handle.pause();
      case RESUME -> handle.unpause();
      case DELETE -> handle.delete();
    }
  }
}
