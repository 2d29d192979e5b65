package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.inspect.RecordedIteration;
import dev.selfpruner.infra.inspect.RecordedSearch;
import dev.selfpruner.infra.report.InspectJson;
import dev.selfpruner.infra.report.InspectReport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code inspect}: what the store holds of a search, questions and answers above all. */
@Command(
    name = "inspect",
    sortOptions = false,
    header = "Show a search's iterations, what its LLM was asked and answered, and the bill.",
    description = "Reads the artifact store alone; the search may be running.")
final class InspectCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "RUN",
      description =
          "A search: its workflow's id (search-0123456789abcdef), its key, or the directory of the model that it wrote.")
  private String run;

  @Option(
      names = "--iteration",
      paramLabel = "N",
      description = "Show this iteration only; 0 made the first population.")
  private Integer iteration;

  @Option(names = "--full", description = "Show prompts and answers as they were sent.")
  private boolean full;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nArtifacts:%n")
  private StoreOptions store = new StoreOptions();

  InspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    StoreLocation location = store.location(new Home(Home.defaultFolder().toAbsolutePath()));
    RunName name = RunName.parse(run);
    try (ArtifactStore opened = RunName.existing(location)) {
      RecordedSearch search = name.find(opened);
      List<RecordedIteration> shown = shown(search);
      console.result(
          json
              ? new InspectJson(search, shown, full).json()
              : new InspectReport(search, shown, full).text());
    }
    return ExitCodes.OK;
  }

  private List<RecordedIteration> shown(RecordedSearch search) {
    if (iteration == null) {
      return search.iterations();
    }
    if (iteration < 0 || iteration >= search.iterations().size()) {
      throw new UserError(
          "--iteration: %d is not recorded: there are %d, numbered from 0"
              .formatted(iteration, search.iterations().size()));
    }
    return List.of(search.iterations().get(iteration));
  }
}
