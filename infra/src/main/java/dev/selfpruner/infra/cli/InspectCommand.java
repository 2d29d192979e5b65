package dev.selfpruner.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.ModelExport;
import dev.selfpruner.infra.inspect.RecordedIteration;
import dev.selfpruner.infra.inspect.RecordedSearch;
import dev.selfpruner.infra.inspect.SearchRecords;
import dev.selfpruner.infra.report.InspectJson;
import dev.selfpruner.infra.report.InspectReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
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
  private static final Pattern WORKFLOW = Pattern.compile("search-[0-9a-f]{16}");
  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");

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
    String name = name();
    try (ArtifactStore opened = open(location)) {
      RecordedSearch search = find(new SearchRecords(opened), name, opened);
      List<RecordedIteration> shown = shown(search);
      console.result(
          json
              ? new InspectJson(search, shown, full).json()
              : new InspectReport(search, shown, full).text());
    }
    return ExitCodes.OK;
  }

  /** A workflow's id or a search's key. */
  private String name() throws IOException {
    Path report = Path.of(run).resolve(ModelExport.REPORT);
    String name = run;
    if (Files.isRegularFile(report)) {
      JsonNode read = BadInput.refused(() -> Json.read(report, JsonNode.class));
      name = read.path("searchKey").asText();
    }
    if (!WORKFLOW.matcher(name).matches() && !KEY.matcher(name).matches()) {
      throw new UserError(
          "'%s' is no search: give the id of its workflow (search-0123456789abcdef: the last part of its model's default directory, and in Temporal's UI), its key, or the directory of its model (with %s)"
              .formatted(run, ModelExport.REPORT));
    }
    return name;
  }

  private static RecordedSearch find(SearchRecords records, String name, ArtifactStore store)
      throws IOException {
    Optional<RecordedSearch> found =
        KEY.matcher(name).matches() ? records.byKey(name) : records.byWorkflow(name);
    return found.orElseThrow(
        () ->
            new UserError(
                "the %s holds nothing of %s: name the store of the search (--store, --s3-bucket), or correct the name"
                    .formatted(store, name)));
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

  private static ArtifactStore open(StoreLocation location) {
    if (location instanceof StoreLocation.Directory directory
        && !Files.isDirectory(Path.of(directory.path()))) {
      throw new UserError(
          "there is no artifact store in %s: name the store of the search (--store, --s3-bucket)"
              .formatted(directory.path()));
    }
    try {
      return ArtifactStores.open(location);
    } catch (IOException e) {
      throw new UserError("cannot use the artifact store: " + e.getMessage(), e);
    }
  }
}
