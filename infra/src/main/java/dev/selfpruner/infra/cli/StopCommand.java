package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stop}: a running search ends with the best so far. */
@Command(
    name = "stop",
    sortOptions = false,
    header = "End a running search with its best so far.",
    description =
        "It is ranked, fitted, pruned and reported as at its last iteration. The iteration under way is given up (what it has evaluated stays in the store), but for the first population, which is finished. The search's command given again goes on where it stopped.")
final class StopCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SteeringOptions steering = new SteeringOptions();

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for its report.")
  private String reason = "";

  StopCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    return steering.steer(
        console,
        "comes to its end",
        search -> search.update("stop", reason, SteeringOptions.who()));
  }
}
