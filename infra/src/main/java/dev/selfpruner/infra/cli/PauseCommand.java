package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pause}: a running search begins nothing new. */
@Command(
    name = "pause",
    sortOptions = false,
    header = "Let a running search begin nothing new, until 'resume'.",
    description =
        "Batches of evaluations that are under way or in the queue, at most eight, are finished. A limit of time goes on counting.")
final class PauseCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SteeringOptions steering = new SteeringOptions();

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for who looks at it.")
  private String reason = "";

  PauseCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    return steering.steer(
        console, "is paused", search -> search.update("pause", reason, SteeringOptions.who()));
  }
}
