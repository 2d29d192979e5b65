package dev.selfpruner.activities.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that write to one directory store and are killed with SIGKILL at any moment. */
final class DirectoryArtifactStoreCrashTest {
  private static final int KILLS = 10;
  private static final int LONGEST_LIFE_MILLIS = 500;

  @TempDir Path root;

  /** What was looked at in an earlier round: nothing in a store changes once it is there. */
  private final Set<Path> checked = new HashSet<>();

  @Test
  @Timeout(120)
  void showsNothingHalfWrittenAfterItsWritersWereKilled() throws Exception {
    Random random = new Random(1);
    int interrupted = 0;
    int entries = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      killWriterAfter(random.nextInt(LONGEST_LIFE_MILLIS), kill);
      for (Path blob : newFilesIn("blobs")) {
        assertThat(Digests.sha256(Files.readAllBytes(blob)))
            .isEqualTo(blob.getFileName().toString());
      }
      for (Path file : newFilesIn("index")) {
        assertThatEntryIsWhole(file);
        entries++;
      }
      interrupted += newFilesIn("temporary").size();
    }
    assertThat(entries).as("entries written between kills").isGreaterThan(KILLS);
    assertThat(interrupted).as("writes that a kill cut short").isPositive();
  }

  private void assertThatEntryIsWhole(Path file) throws IOException {
    IndexEntry entry = Json.read(file, IndexEntry.class);
    ArtifactStore store = ArtifactStores.directory(root);
    ArtifactRef ref = store.find(new IndexKey(entry.kind(), entry.key())).orElseThrow();
    assertThat(entry.key().strip()).isEqualTo(ref.sha256());
    assertThat(store.read(ref)).hasSize((int) ref.bytes());
  }

  private void killWriterAfter(int millis, int seed) throws Exception {
    Process writer =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx128m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    StoreWriterProcess.class.getName(),
                    root.toString(),
                    Integer.toString(seed)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = writer.inputReader()) {
      assertThat(output.readLine()).isEqualTo("writing");
      assertThat(writer.waitFor(millis, TimeUnit.MILLISECONDS)).as("writer ended itself").isFalse();
    } finally {
      writer.destroyForcibly();
    }
    writer.waitFor();
  }

  private List<Path> newFilesIn(String folder) throws IOException {
    if (!Files.exists(root.resolve(folder))) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(root.resolve(folder))) {
      return files.filter(Files::isRegularFile).filter(checked::add).toList();
    }
  }
}
