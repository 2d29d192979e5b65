package dev.selfpruner.infra.embedded;

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
import java.util.Map;
import java.util.stream.Stream;

/** Puts a search's pruned model where people find it, with the report of the search beside it. */
public final class ModelExport {
  /** The report's file in the model's directory. */
  static final String REPORT = "search-report.json";

  private ModelExport() {}

  /**
   * Checks that a model can go to {@code directory} before it is made.
   *
   * @param searchKey whose model it would be
   * @return whether it is there already
   * @throws UserError if something else is there
   */
  public static boolean isThere(Path directory, String searchKey) throws IOException {
    if (!Files.exists(directory) || isEmpty(directory)) {
      return false;
    }
    Path report = directory.resolve(REPORT);
    if (Files.isRegularFile(report)
        && Json.mapper()
            .readTree(Files.readString(report))
            .path("searchKey")
            .asText()
            .equals(searchKey)) {
      return true;
    }
    throw new UserError(
        "%s holds something that this search has not made: name another directory with --out, or remove it"
            .formatted(directory));
  }

  /** Writes the model of a report to its output directory, whole or not at all. */
  public static void write(ArtifactStore store, SearchReport report) throws IOException {
    Path target = report.output();
    Path unfinished = target.resolveSibling(target.getFileName() + ".unfinished");
    delete(unfinished);
    Files.createDirectories(unfinished);
    ModelFiles files = Json.read(store.read(report.result().model().files()), ModelFiles.class);
    for (Map.Entry<String, ArtifactRef> file : files.files().entrySet()) {
      store.copyTo(file.getValue(), unfinished.resolve(file.getKey()));
    }
    Files.writeString(unfinished.resolve(REPORT), report.json() + "\n");
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
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
