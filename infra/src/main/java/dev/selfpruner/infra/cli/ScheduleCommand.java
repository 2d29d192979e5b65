package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import java.util.Locale;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code schedule}: searches that Temporal starts by the clock. */
@Command(
    name = "schedule",
    sortOptions = false,
    header = "Search by the clock: create, list, describe, trigger, pause, resume, delete.",
    synopsisSubcommandLabel = "COMMAND")
final class ScheduleCommand {

  /**
   * The command with those below it.
   *
   * @param finish gives each what every command has
   */
  static CommandLine of(Console console, UnaryOperator<CommandLine> finish) {
    CommandLine schedule = new CommandLine(new ScheduleCommand());
    schedule.addSubcommand(finish.apply(new CommandLine(new ScheduleCreate(console))));
    schedule.addSubcommand(finish.apply(new CommandLine(new ScheduleList(console))));
    for (ScheduleStep.Kind kind : ScheduleStep.Kind.values()) {
      CommandLine step = new CommandLine(new ScheduleStep(console, kind));
      step.getCommandSpec().name(kind.name().toLowerCase(Locale.ROOT));
      step.getCommandSpec().usageMessage().header(kind.header());
      schedule.addSubcommand(finish.apply(step));
    }
    return schedule;
  }
}
