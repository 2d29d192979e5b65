package dev.selfpruner.infra.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.search.ModelFiles;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.report.SearchReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Puts a search's pruned model where people find it, with the report of the search beside it.
 *
 * @param directory where it goes, and where it is already if the search ended before
 */
public record ModelExport(Path directory) {
  /** The report's file in the model's directory. */
  public static final String REPORT = "search-report.json";

  /** In the report's file: the model's files, which a replacement takes away. */
  private static final String FILES = "files";

  /**
   * A place for a model.
   *
   * @param searchKey whose model it is going to be
   * @throws UserError if something else is there
   */
  public static ModelExport to(Path directory, String searchKey) throws IOException {
    ModelExport export = new ModelExport(directory);
    if (Files.exists(directory) && !isEmpty(directory)) {
      boolean ours = export.report().filter(it -> isOf(it, searchKey)).isPresent();
      if (!ours) {
        throw new UserError(
            "%s holds something that this search has not made: name another directory with --out, or remove it"
                .formatted(directory));
      }
    }
    return export;
  }

  /**
   * Checks, before a search goes on, that the model which its limits left here can be replaced.
   *
   * @throws UserError if somebody has put something beside it
   */
  public void requireReplaceable() throws IOException {
    Optional<JsonNode> there = report();
    if (there.isPresent() && wasExhausted(there.get())) {
      requireNothingElse(there.get());
    }
  }

  /**
   * Writes the model of a report, whole or not at all; leaves it where it is there already, and
   * replaces it where limits had ended the search and it went on since.
   *
   * @throws UserError if somebody has put something beside a model that is to be replaced
   */
  public void write(ArtifactStore store, SearchReport report) throws IOException {
    ObjectNode described = Json.read(report.json(), ObjectNode.class);
    Optional<JsonNode> there = report().filter(it -> isOf(it, report.result().searchKey()));
    if (there.isPresent() && !isReplacedBy(there.get(), described)) {
      return;
    }
    requireReplaceable();
    Path unfinished = directory.resolveSibling(directory.getFileName() + ".unfinished");
    delete(unfinished);
    Files.createDirectories(unfinished);
    ModelFiles files = Json.read(store.read(report.result().model().files()), ModelFiles.class);
    for (Map.Entry<String, ArtifactRef> file : files.files().entrySet()) {
      store.copyTo(file.getValue(), unfinished.resolve(file.getKey()));
    }
    ArrayNode names = described.putArray(FILES);
    files.files().keySet().forEach(names::add);
    Files.writeString(unfinished.resolve(REPORT), Json.write(described) + "\n");
    if (there.isPresent()) {
      takeAway();
    }
    Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
  }

  private Optional<JsonNode> report() throws IOException {
    Path file = directory.resolve(REPORT);
    return Files.isRegularFile(file)
        ? Optional.of(Json.mapper().readTree(Files.readString(file)))
        : Optional.empty();
  }

  private static boolean isOf(JsonNode report, String searchKey) {
    return report.path("searchKey").asText().equals(searchKey);
  }

  private static boolean wasExhausted(JsonNode report) {
    return !report.path("exhausted").asText().isEmpty();
  }

  /** A search that went to its end is not replaced. */
  private static boolean isReplacedBy(JsonNode there, JsonNode report) {
    return wasExhausted(there)
        && !(there.path("exhausted").equals(report.path("exhausted"))
            && there.path("evaluations").equals(report.path("evaluations")));
  }

  private void requireNothingElse(JsonNode report) throws IOException {
    Set<String> ours = files(report);
    for (Path entry : entries()) {
      if (!ours.contains(entry.getFileName().toString()) || Files.isDirectory(entry)) {
        throw new UserError(
            "%s lies beside a model that is to be replaced, as its search goes on with higher limits: move it away, or name another directory with --out"
                .formatted(entry));
      }
    }
  }

  /** The report goes last: while it is there, the rest is known to be ours. */
  private void takeAway() throws IOException {
    for (Path entry : entries()) {
      if (!entry.endsWith(REPORT)) {
        Files.delete(entry);
      }
    }
    Files.delete(directory.resolve(REPORT));
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  private static Set<String> files(JsonNode report) {
    Set<String> files = new HashSet<>(Set.of(REPORT));
    report.path(FILES).forEach(file -> files.add(file.asText()));
    return files;
  }

  private static boolean isEmpty(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    }
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
