package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code resume}: a paused search goes on. */
@Command(
    name = "resume",
    sortOptions = false,
    header = "Let a paused search go on.",
    description = "It begins where it waits: nothing is repeated.")
final class ResumeCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SteeringOptions steering = new SteeringOptions();

  ResumeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    return steering.steer(console, "goes on", search -> search.update("resume"));
  }
}
