package dev.selfpruner.infra.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.cli.Commands;
import dev.selfpruner.infra.embedded.RealServers;
import io.temporal.testing.TemporalDevServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches that a schedule starts. Needs Temporal's CLI: see {@link RealServers}. */
class ScheduleServerTest {
  private static final int CHANGED = 4096;

  @TempDir private Path folder;

  @Test
  void everyStartIsARunAndOnlyAnUnchangedModelsEvaluationsAreFound() throws Exception {
    DemoSearch demo = DemoSearch.in(folder);
    try (TemporalDevServer temporal =
        SharedServers.startTemporal(RealServers.temporalCli(), folder)) {
      CommandProcess worker =
          CommandProcess.start(
              demo.home(),
              Map.of(),
              List.of(
                  "worker", "gpu", "llm", "workflow", "--temporal-address", temporal.getTarget()));
      try {
        JsonNode created = schedule(temporal, create(demo));
        assertThat(created.path("paused").asBoolean()).isTrue();
        List<String> listed = List.of();
        for (int i = 0; listed.isEmpty() && i < 60; i++) { // a list is behind for a moment
          listed = schedule(temporal, "list").findValuesAsText("schedule");
        }
        assertThat(listed).containsExactly("nightly");

        SearchResult first = trigger(temporal, 1);
        SearchResult second = trigger(temporal, 2);
        changeWeights(demo.demo().model().resolve("model.safetensors"));
        SearchResult third = trigger(temporal, 3);

        assertThat(first.evaluations()).isEqualTo(DemoSearch.EVALUATIONS);
        assertThat(first.alreadyKnown()).isLessThan(DemoSearch.EVALUATIONS);
        assertThat(second.searchKey()).as("a run of its own").isNotEqualTo(first.searchKey());
        assertThat(second.evaluations()).isEqualTo(DemoSearch.EVALUATIONS);
        assertThat(second.alreadyKnown()).as("all found").isEqualTo(DemoSearch.EVALUATIONS);
        assertThat(second.model()).isEqualTo(first.model());
        assertThat(third.evaluations()).isEqualTo(DemoSearch.EVALUATIONS);
        assertThat(third.alreadyKnown())
            .as("none of the old model's")
            .isLessThan(DemoSearch.EVALUATIONS);
        assertThat(third.dense()).isNotEqualTo(first.dense());
        assertThat(third.model()).isNotEqualTo(first.model());

        assertThat(schedule(temporal, "resume", "nightly").path("paused").asBoolean()).isFalse();
        assertThat(schedule(temporal, "pause", "nightly").path("paused").asBoolean()).isTrue();
        assertThat(schedule(temporal, "delete", "nightly").path("deleted").asBoolean()).isTrue();
        assertThat(command(temporal, "describe", "nightly").failure())
            .contains("there is no schedule nightly");
      } finally {
        worker.kill();
      }
    }
  }

  @Test
  void namesThoseWhoseInputIsUnderAnOldKey() throws Exception {
    Path old = keys("old " + key());
    Path rotated = keys("new " + key(), Files.readString(old));
    String[] search =
        "--every 24h --no-workers --model /m --sparsity 0.3 --calibration-text /c --test-text /t"
            .split(" ");
    try (TemporalDevServer temporal =
        SharedServers.startTemporal(RealServers.temporalCli(), folder)) {
      String[] before = {
        "--temporal-address", temporal.getTarget(), "--payload-key-file", "" + old
      };
      String[] after = {
        "--temporal-address", temporal.getTarget(), "--payload-key-file", "" + rotated
      };
      run(joined(new String[] {"create", "--id", "sealed"}, search, before));
      run(joined(new String[] {"create", "--id", "readable"}, search, Arrays.copyOf(before, 2)));
      assertThat(oldKeys(before)).containsOnly(Map.entry("sealed", ""), Map.entry("readable", ""));
      assertThat(oldKeys(after))
          .containsOnly(Map.entry("sealed", "old"), Map.entry("readable", ""));
      assertThat(run(joined(new String[] {"list"}, after)))
          .containsOnlyOnce("encrypted with key old, which is not the first");

      run(joined(new String[] {"delete", "sealed"}, after));
      run(joined(new String[] {"create", "--id", "sealed"}, search, after));
      assertThat(oldKeys(after)).containsOnly(Map.entry("sealed", ""), Map.entry("readable", ""));
    }
  }

  /** By schedule; the server's list is a moment behind. */
  private static Map<String, String> oldKeys(String[] options) throws Exception {
    Map<String, String> keys = new TreeMap<>();
    for (int i = 0; keys.size() < 2 && i < 60; i++) {
      Thread.sleep(100);
      keys.clear();
      for (JsonNode schedule :
          Json.read(run(joined(new String[] {"list", "--json"}, options)), JsonNode.class)) {
        keys.put(schedule.path("schedule").asText(), schedule.path("oldKey").asText("missing"));
      }
    }
    return keys;
  }

  /** A command in this process, which succeeds. */
  private static String run(String[] arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), 0);
    int status = Commands.run(console, joined(new String[] {"schedule"}, arguments));
    assertThat(status).as(err.toString(UTF_8)).isZero();
    return out.toString(UTF_8);
  }

  private static String[] joined(String[]... parts) {
    return Stream.of(parts).flatMap(Stream::of).toArray(String[]::new);
  }

  private Path keys(String... lines) throws IOException {
    return Files.write(Files.createTempFile(folder, "keys", ""), List.of(lines));
  }

  private static String key() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  private static String[] create(DemoSearch demo) {
    return ("create --id nightly --every 24h --paused --sparsity 0.3 --sequence-length 64"
            + " --preset small --population 4 --iterations 3 --mutations 2 --crossovers 2"
            + " --calibration-windows 8 --search-windows 8 --test-windows 8"
            + " --model %s --calibration-text %s --test-text %s")
        .formatted(demo.demo().model(), demo.demo().searchText(), demo.demo().testText())
        .split(" ");
  }

  /** Starts the search, as the clock would, and waits for the {@code number}th result. */
  private SearchResult trigger(TemporalDevServer temporal, int number) throws Exception {
    JsonNode unused = schedule(temporal, "trigger", "nightly");
    JsonNode searches = schedule(temporal, "describe", "nightly").path("searches");
    for (int i = 0; searches.size() < number && i < 60; i++) {
      Thread.sleep(500);
      searches = schedule(temporal, "describe", "nightly").path("searches");
    }
    assertThat(searches).hasSize(number);
    String workflow = searches.get(number - 1).asText();
    assertThat(workflow).startsWith("nightly-");
    return SharedServers.client(temporal)
        .newUntypedWorkflowStub(workflow)
        .getResult(300, TimeUnit.SECONDS, SearchResult.class);
  }

  private JsonNode schedule(TemporalDevServer temporal, String... arguments) throws Exception {
    return command(temporal, arguments).result();
  }

  private CommandProcess command(TemporalDevServer temporal, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("schedule"));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("--json", "--temporal-address", temporal.getTarget()));
    return CommandProcess.start(
        Files.createDirectories(folder.resolve("commands").resolve("home")), Map.of(), all);
  }

  /** As someone does who puts another version of a model in its place. */
  private static void changeWeights(Path weights) throws Exception {
    byte[] content = Files.readAllBytes(weights);
    int middle = content.length / 2 / CHANGED * CHANGED;
    Arrays.fill(content, middle, middle + CHANGED, (byte) 0);
    Path other = Files.write(weights.resolveSibling("other"), content);
    Files.move(other, weights, StandardCopyOption.REPLACE_EXISTING);
  }
}
