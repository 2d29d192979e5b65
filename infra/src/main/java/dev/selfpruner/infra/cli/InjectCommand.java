package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.search.InjectedCandidate;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inject}: a candidate of one's own for a running search. */
@Command(
    name = "inject",
    sortOptions = false,
    header = "Add a candidate of your own to a running search's next iteration.",
    description =
        "It is brought onto the search's budget as an LLM's vectors are, and competes with the other offspring. infra/docs/formats.md describes the files.")
final class InjectCommand implements Callable<Integer> {
  private static final Pattern NUMBERS = Pattern.compile("[0-9.eE+-]+(\\s*,\\s*[0-9.eE+-]+)+");

  private final Console console;

  @Mixin private SteeringOptions steering = new SteeringOptions();

  @Option(
      names = "--rates",
      paramLabel = "FILE|R,R,...",
      description =
          "Rate of every layer: {\"rates\": [0.1, ...]} in a file, or the numbers themselves.")
  private String rates;

  @Option(
      names = "--plan",
      paramLabel = "FILE",
      description = "Units that every layer keeps, as prune --plan reads it.")
  private Path plan;

  InjectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    if ((rates == null) == (plan == null)) {
      throw new UserError("say what to add: give --rates or --plan, one of them");
    }
    InjectedCandidate candidate =
        rates == null
            ? InjectedCandidate.of(PlanFile.read(plan).plan())
            : InjectedCandidate.of(rates());
    return steering.steer(
        console, "has one candidate more", search -> search.update("inject", candidate));
  }

  private LayerRates rates() {
    if (!NUMBERS.matcher(rates.strip()).matches()) {
      return read(Path.of(rates));
    }
    try {
      List<Double> numbers =
          Arrays.stream(rates.split(",", -1)).map(String::strip).map(Double::valueOf).toList();
      return new LayerRates(numbers);
    } catch (IllegalArgumentException e) {
      throw new UserError("--rates: " + e.getMessage(), e);
    }
  }

  private static LayerRates read(Path file) {
    Path readable = InputFiles.readable("--rates", file);
    try {
      return Json.readStored(Files.readAllBytes(readable), LayerRates.class);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError("--rates: %s: %s".formatted(readable, e.getMessage()), e);
    }
  }
}
