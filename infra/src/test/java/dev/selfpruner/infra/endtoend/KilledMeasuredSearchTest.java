package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.embedded.ModelExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at ten random moments of a search that measures first: while it calibrates,
 * measures single blocks, descends, selects, and fits its best plan. It ends as one that lived.
 */
class KilledMeasuredSearchTest {
  private static final long SEED = 6;

  /** Dense, uniform and the best plan, on the test text. */
  private static final int MEASURED_AT_THE_END = 3;

  /** From the dense model's blocks to the ranking, in equal parts with a moment in each. */
  private static final int AMONG_EVALUATIONS = 7;

  private static final long PATIENCE_MILLIS = 180_000;

  private final SplittableRandom random = new SplittableRandom(SEED);

  @TempDir private Path folder;

  @Test
  void endsAsASearchThatLived() throws Exception {
    DemoSearch lived = DemoSearch.measured(Files.createDirectory(folder.resolve("lived")));
    JsonNode expected = lived.startInJvm().result();
    long evaluations = lived.journal().keys() - MEASURED_AT_THE_END;

    DemoSearch search = DemoSearch.measured(Files.createDirectory(folder.resolve("killed")));
    kill(search, 0, 2_000); // calibrates
    CommandProcess command = search.startInJvm();
    for (int i = 0; i < AMONG_EVALUATIONS; i++) {
      long first = evaluations * i / AMONG_EVALUATIONS;
      long moment = first + random.nextLong(evaluations / AMONG_EVALUATIONS);
      await(search, command, () -> search.journal().keys() >= moment);
      if (i == AMONG_EVALUATIONS / 2) {
        command.gpuWorker().destroyForcibly(); // and the command goes on
      } else {
        killBoth(command);
        command = search.startInJvm();
      }
    }
    awaitFit(search, command, evaluations);
    killBoth(command);
    command = search.startInJvm();
    awaitFit(search, command, evaluations);
    command.gpuWorker().destroyForcibly();
    JsonNode result = command.result();

    assertThat(command.errors()).contains("Going on where this search was interrupted.");
    assertThat(found(result)).isEqualTo(found(expected));
    assertThat(files(result)).isEqualTo(files(expected));
    assertThat(search.journal().repeated()).isEmpty();
    assertThat(search.journal().ended())
        .as("what was stored right before a kill has no end")
        .isBetween(lived.journal().ended() - 10, lived.journal().ended());
  }

  private void kill(DemoSearch search, long evaluations, int withinMillis) throws Exception {
    CommandProcess command = search.startInJvm();
    await(search, command, () -> search.journal().ended() >= evaluations && command.hasGpuWorker());
    Thread.sleep(random.nextInt(withinMillis));
    killBoth(command);
  }

  /** Nothing is evaluated while the best plan is carried out. */
  private void awaitFit(DemoSearch search, CommandProcess command, long evaluations)
      throws Exception {
    await(
        search,
        command,
        () ->
            command.errors().contains("carrying out the best plan")
                || command.errors().contains("measuring dense")
                || search.journal().keys() > evaluations);
    Thread.sleep(random.nextInt(300));
  }

  private static void killBoth(CommandProcess command) throws Exception {
    ProcessHandle worker = command.gpuWorker();
    assertThat(worker.destroyForcibly()).isTrue();
    command.kill();
    worker.onExit().get(KilledSearch.SOON_SECONDS, TimeUnit.SECONDS);
  }

  /** Something that is to come about. */
  @FunctionalInterface
  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(DemoSearch search, CommandProcess command, Condition condition)
      throws Exception {
    long end = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (!(command.hasGpuWorker() && condition.holds())) {
      assertThat(command.isRunning())
          .as("%s%n%d evaluations", command.errors(), search.journal().ended())
          .isTrue();
      assertThat(System.currentTimeMillis()).as(command.errors()).isLessThan(end);
      Thread.sleep(5);
    }
  }

  /** Without what depends on the folder, and on what was known of before a kill. */
  private static JsonNode found(JsonNode result) {
    return ((ObjectNode) result.deepCopy())
        .remove(List.of("alreadyKnown", "model", "method", "output", "searchKey", "texts"));
  }

  /** Digests of the files of the model that was written. */
  private static SortedMap<String, String> files(JsonNode result) throws IOException {
    SortedMap<String, String> digests = new TreeMap<>();
    for (JsonNode file : report(result).path("files")) {
      byte[] content = Files.readAllBytes(output(result).resolve(file.asText()));
      digests.put(file.asText(), Digests.sha256(content));
    }
    assertThat(digests).containsKey("config.json");
    return digests;
  }

  private static JsonNode report(JsonNode result) throws IOException {
    return Json.read(output(result).resolve(ModelExport.REPORT), JsonNode.class);
  }

  private static Path output(JsonNode result) {
    return Path.of(result.path("output").asText());
  }
}
