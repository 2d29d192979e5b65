package dev.selfpruner.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.ModelExport;
import dev.selfpruner.infra.inspect.RecordedSearch;
import dev.selfpruner.infra.inspect.SearchRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A search that has been, as people name it.
 *
 * @param name a workflow's id or a search's key
 */
record RunName(String name) {
  private static final Pattern WORKFLOW = Pattern.compile("search-[0-9a-f]{16}");
  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");

  /**
   * Reads what a user gave: a workflow's id, a key, or a model's directory.
   *
   * @throws UserError if it is none of them
   */
  static RunName parse(String run) throws IOException {
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
    return new RunName(name);
  }

  /**
   * Finds what is recorded of it.
   *
   * @throws UserError if that is nothing
   */
  RecordedSearch find(ArtifactStore store) throws IOException {
    SearchRecords records = new SearchRecords(store);
    Optional<RecordedSearch> found =
        KEY.matcher(name).matches() ? records.byKey(name) : records.byWorkflow(name);
    return found.orElseThrow(
        () ->
            new UserError(
                "the %s holds nothing of %s: name the store of the search (--store, --s3-bucket), or correct the name"
                    .formatted(store, name)));
  }

  /**
   * Opens the store of a search that has been.
   *
   * @throws UserError if there is none
   */
  static ArtifactStore existing(StoreLocation location) {
    if (location instanceof StoreLocation.Directory directory
        && !Files.isDirectory(Path.of(directory.path()))) {
      throw new UserError(
          "there is no artifact store in %s: name the store of the search (--store, --s3-bucket)"
              .formatted(directory.path()));
    }
    return StoreOptions.open(location);
  }
}
