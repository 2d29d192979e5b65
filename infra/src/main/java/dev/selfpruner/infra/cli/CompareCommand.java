package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.llm.prompt.PromptSet;
import dev.selfpruner.workflows.CompareSpec;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code compare}: several searches, each with several seeds, side by side. */
@Command(
    name = "compare",
    sortOptions = false,
    header = "Compare searches: several variants, each with several seeds, side by side.",
    description = {
      "The options of 'search' say what all have in common, and a variant's own go before them:",
      "",
      "  selfpruner compare --demo --seeds 0,1,2 --variant small=\"--population 6\" --variant usual=",
      "",
      "The same command goes on with a comparison that was interrupted; evaluations and answers that are in the store are not repeated."
    })
final class CompareCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec command;

  @ArgGroup(exclusive = false, heading = "%nWhat is compared:%n", order = -7)
  private CompareOptions compared = new CompareOptions();

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description = "Write a picture too: perplexity by variant, a dot for every seed.")
  private Path picture;

  @ArgGroup(exclusive = false, heading = "%nWhat all of them have in common:%n", order = -6)
  private SearchOptions unused = new SearchOptions(); // each variant reads them: see LaidOver

  @Mixin private RunOptions run = new RunOptions();

  CompareCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<PromptSet> prompts = new ArrayList<>();
    Set<String> notes = new LinkedHashSet<>();
    CompareSpec spec;
    try (SpecChecks checks = new LocalChecks(run.gpu()::deviceName)) {
      spec =
          compared.spec(
              command.commandLine().getParseResult(),
              (options, draft) -> {
                prompts.addAll(options.ownPrompts());
                SearchSpec search = options.spec(draft, checks);
                notes.addAll(options.notes());
                return search;
              });
    }
    notes.forEach(console::note);
    Home home = Home.open(Home.defaultFolder());
    new CompareSession(new Session(console, home, run, true), Optional.ofNullable(picture))
        .run(spec, prompts);
    return ExitCodes.OK;
  }
}
