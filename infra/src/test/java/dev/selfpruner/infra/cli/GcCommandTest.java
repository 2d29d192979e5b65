package dev.selfpruner.infra.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.search.ModelFiles;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.llm.SearchIndex;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a store with a run of today and one of forty days ago, of the same model. */
class GcCommandTest {
  private static final SearchSpec OLD = Specs.builtIn();
  private static final SearchSpec NEW = Specs.builtIn().withRun(2);
  private static final String MODEL = Digests.sha256("the model");

  @TempDir private Path folder;
  private ArtifactStore store;
  private ArtifactRef oldWeights;
  private final Instant now = Instant.now();
  private ArtifactRef sharedWeights;
  private ArtifactRef newWeights;

  @BeforeEach
  void record() throws IOException {
    store = ArtifactStores.directory(folder);
    sharedWeights = put("of both");
    oldWeights = put("of the old run".repeat(100));
    record(OLD, oldWeights);
    index(
        new IndexKey("ordered-weights", "{\"model\":\"%s\"}".formatted(MODEL)),
        put("in order".repeat(500)));
    index(
        new IndexKey("evaluation", "{\"model\":\"%s\"} part 0".formatted(MODEL)),
        put("{\"loss\":1}"));
    grow(Duration.ofDays(40));
    newWeights = put("of the new run");
    record(NEW, newWeights);
  }

  @Test
  void showsWhatWouldGoAndRemovesNothing() throws IOException {
    List<Path> before = files();
    Captured shown = gc("--older-than", "20");
    assertThat(shown.err()).isEmpty();
    assertThat(shown.out().replaceAll("\\d\\.\\d KiB", "N.N KiB")) // names of folders are in them
        .isEqualTo(
            """
            artifact store in %s
            no Temporal server was asked which searches are open: what was used in the last 20 days stays

            kind                       entries     blobs        bytes
            ordered-weights                  1         1      N.N KiB
            result                           1         3      N.N KiB
            search                           1         1      N.N KiB
            total                            3         5      N.N KiB

            goes: %s, finished, last used on %s
            kept: 1 runs, 3 entries, 6 blobs of N.N KiB
            Nothing was removed: the same command with --yes removes it.
            """
                .formatted(folder, OLD.workflowId(), day(Duration.ofDays(40))));
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void removesTheOldRunAndWhatOnlyItLedTo() throws IOException {
    long before = blobBytes();
    Captured removed = gc("--older-than", "20", "--yes", "--json");
    JsonNode json = Json.read(removed.out(), JsonNode.class);
    assertThat(json.path("removed").asBoolean()).isTrue();
    long bytes = 0;
    for (JsonNode kind : json.path("kinds")) {
      bytes += kind.path("bytes").asLong();
    }
    assertThat(bytes).isPositive().isEqualTo(before - blobBytes());
    assertThat(json.path("kept").path("bytes").asLong()).isEqualTo(blobBytes());
    assertThat(json.path("runs")).hasSize(1);
    assertThat(json.path("keptRuns").path(0).path("searchKey").asText()).isEqualTo(NEW.key());
    assertThat(has(oldWeights)).isFalse();
    assertThat(has(sharedWeights)).isTrue();
    assertThat(has(newWeights)).isTrue();
    assertThat(store.find(SearchIndex.result(OLD.key()))).isEmpty();
    assertThat(store.find(SearchIndex.result(NEW.key()))).isPresent();
    assertThat(files()).as("evaluations").anyMatch(file -> file.toString().contains("evaluation"));
    assertThat(gc("--older-than", "20").out()).contains("nothing to remove");
  }

  @Test
  void removesEvaluationsWhereItIsAskedTo() throws IOException {
    assertThat(gc("--older-than", "20", "--evaluations", "--yes").status()).isZero();
    assertThat(files())
        .as("evaluations")
        .noneMatch(file -> file.toString().contains("evaluation") && !Files.isDirectory(file));
  }

  @Test
  void keepsTheLastRunsHoweverOldTheyAre() throws IOException {
    assertThat(gc("--older-than", "20", "--keep-last", "2", "--yes").out())
        .contains("kept: 2 runs")
        .doesNotContain("gone:");
    assertThat(has(oldWeights)).isTrue();
  }

  @Test
  void keepsWhatWasUsedSinceTheDaysThatAreGiven() {
    assertThat(gc("--older-than", "50").out()).contains("nothing to remove");
    assertThat(gc("--older-than", "20", "--keep-days", "50").out()).contains("nothing to remove");
  }

  @Test
  void wantsToKnowWhoMayBeSearchingOnAStoreThatIsNotTheHomes() {
    Captured refused = gc();
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err())
        .startsWith("selfpruner: searches on this store may be open on some Temporal server: ");
  }

  @Test
  void saysThatThereIsNoStore() {
    Captured refused =
        Captured.run("gc", "--older-than", "1", "--store", folder.resolve("none").toString());
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("there is no artifact store in " + folder.resolve("none"));
  }

  private String day(Duration ago) {
    return now.minus(ago).toString().substring(0, "2026-01-01".length());
  }

  private Captured gc(String... arguments) {
    return Captured.run(
        Stream.concat(Stream.of("gc", "--store", folder.toString()), Stream.of(arguments))
            .toArray(String[]::new));
  }

  private void record(SearchSpec spec, ArtifactRef weights) throws IOException {
    index(
        SearchIndex.start(spec.workflowId()),
        store.put(
            Json.writeBytes(
                new SearchStart(
                    spec.key(),
                    spec.workflowId(),
                    Json.write(spec),
                    List.of(spec.generator()),
                    spec.limits()))));
    ArtifactRef files =
        store.put(Json.writeBytes(new ModelFiles(Map.of("own", weights, "shared", sharedWeights))));
    index(SearchIndex.result(spec.key()), store.put(Json.writeBytes(Map.of("files", files))));
  }

  private void index(IndexKey key, ArtifactRef ref) throws IOException {
    assertThat(store.index(key, ref)).isEqualTo(ref);
  }

  private ArtifactRef put(String content) throws IOException {
    return store.put(content.getBytes(UTF_8));
  }

  private boolean has(ArtifactRef ref) {
    try {
      return store.read(ref).length == ref.bytes();
    } catch (IOException e) {
      return false;
    }
  }

  private void grow(Duration age) throws IOException {
    for (Path file : files()) {
      if (Files.isRegularFile(file)) {
        Files.setLastModifiedTime(file, FileTime.from(now.minus(age)));
      }
    }
  }

  private long blobBytes() throws IOException {
    long bytes = 0;
    for (Path file : files()) {
      if (file.startsWith(folder.resolve("blobs")) && Files.isRegularFile(file)) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }
}
