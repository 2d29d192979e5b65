package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Digests;
import dev.selfpruner.infra.embedded.ModelExport;
import dev.selfpruner.infra.embedded.RealServers;
import dev.selfpruner.infra.testing.SmallDisk;
import dev.selfpruner.infra.worker.WorkerRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever dies, fills up, refuses or is cut off, at moments that follow from a seed: the search
 * ends as one that nothing happened to. Needs Temporal's CLI and versitygw: see {@link
 * RealServers}. {@code -Dchaos.faults} and {@code -Dchaos.seed} ask for more, or others.
 */
class ChaosServerTest {
  private static final int FAULTS = Integer.getInteger("chaos.faults", 8);
  private static final long SEED = Long.getLong("chaos.seed", 7);

  /** Enough evaluations to have some between a fault and the next. */
  private static final int ITERATIONS = 8 + 2 * FAULTS / 3;

  /** Room for the store of a long search; a full disk takes as much memory. */
  private static final int DISK_MEGABYTES = 128 + 4 * FAULTS;

  private static final List<WorkerRole> ROLES =
      List.of(WorkerRole.GPU, WorkerRole.LLM, WorkerRole.WORKFLOW);

  @TempDir private Path folder;

  /** A search that has ended. */
  private record Ended(JsonNode result, Journal journal, Duration wall) {}

  @Test
  void endsAsASearchThatNothingHappenedTo() throws Exception {
    RealServers.temporalCli();
    RealServers.versityGateway();
    Ended expected = undisturbed(folder.resolve("undisturbed"));
    Path disturbed = folder.resolve("disturbed");
    Path disk = Files.createDirectories(disturbed.resolve("disk"));
    Optional<SmallDisk> small = SmallDisk.mount(disk, DISK_MEGABYTES);
    try {
      disturbed(expected, disturbed, disk, small);
    } finally {
      if (small.isPresent()) {
        small.get().close();
      }
    }
  }

  private static Ended undisturbed(Path folder) throws Exception {
    try (Deployment deployment = Deployment.start(folder, folder.resolve("disk"), ROLES)) {
      DemoSearch search = DemoSearch.in(Files.createDirectory(folder.resolve("search")));
      long start = System.nanoTime();
      JsonNode result = deployment.search(search, options()).result();
      return new Ended(result, deployment.journal(), Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static void disturbed(Ended expected, Path folder, Path disk, Optional<SmallDisk> small)
      throws Exception {
    Random random = new Random(SEED);
    try (Deployment deployment = Deployment.start(folder.resolve("servers"), disk, ROLES)) {
      DemoSearch demo = DemoSearch.in(Files.createDirectory(folder.resolve("search")));
      long start = System.nanoTime();
      DisturbedSearch search = new DisturbedSearch(deployment, demo, options());
      long evaluations = expected.journal().ended() - DemoSearch.MEASUREMENTS;
      Chaos chaos = new Chaos(deployment, small, random);
      JsonNode result = search.result(chaos, random, FAULTS, evaluations);
      Duration wall = Duration.ofNanos(System.nanoTime() - start);
      Journal journal = deployment.journal();
      StoredFiles files = deployment.files();
      String report =
          new ChaosReport(
                  SEED,
                  search.strikes(),
                  search.notes(),
                  expected.journal(),
                  journal,
                  expected.wall(),
                  wall,
                  files.blobs().size())
              .text();
      System.out.println(
          small.isPresent() ? report : report + "\nno disk was filled: that needs root");

      assertThat(search.strikes()).hasSize(FAULTS);
      assertThat(found(result)).as(report).isEqualTo(found(expected.result()));
      assertThat(model(result)).isEqualTo(model(expected.result()));
      assertThat(journal.repeated()).as("finished evaluations begun again").isEmpty();
      assertThat(journal.ended())
          .as("what was stored right before a fault has no end")
          .isBetween(
              expected.journal().ended() - (long) FAULTS * DemoSearch.TOGETHER,
              expected.journal().ended());
      assertThat(journal.begun() - journal.ended())
          .as("at most what was under way is done again")
          .isLessThanOrEqualTo((long) FAULTS * DemoSearch.TOGETHER);
      assertThat(files.broken()).isEmpty();
      assertThat(files.blobs()).isNotEmpty();
    }
  }

  private static String[] options() {
    return new String[] {
      "--iterations", Integer.toString(ITERATIONS), "--search-windows", "32", "--prompt", "informed"
    };
  }

  /** Without what depends on the folder, and on what was known of before a fault. */
  private static JsonNode found(JsonNode result) {
    return ((ObjectNode) result.deepCopy())
        .remove(List.of("alreadyKnown", "model", "output", "searchKey", "texts"));
  }

  /** Digests of the files of the model that was written, but for the report on its search. */
  private static SortedMap<String, String> model(JsonNode result) throws IOException {
    SortedMap<String, String> digests = new TreeMap<>();
    Path output = Path.of(result.path("output").asText());
    try (Stream<Path> files = Files.list(output)) {
      for (Path file : files.filter(each -> !isReport(each)).toList()) {
        digests.put(file.getFileName().toString(), Digests.sha256(Files.readAllBytes(file)));
      }
    }
    assertThat(digests).containsKeys("config.json", "model.safetensors");
    return digests;
  }

  private static boolean isReport(Path file) {
    return Files.isDirectory(file) || file.endsWith(ModelExport.REPORT);
  }
}
