package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.TemporalChoice;
import dev.selfpruner.infra.embedded.TemporalServer;
import dev.selfpruner.infra.embedded.TemporalServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a container's runtime does with a worker that has to go, in the middle of a search. */
class StoppedWorkerTest {
  private static final long PAUSE_MILLIS = 50;

  @TempDir private Path folder;

  @Test
  void handsOverWhatItIsDoing() throws Exception {
    DemoSearch search = DemoSearch.in(folder);
    Path store = folder.resolve("store");
    Path first = Files.createDirectory(folder.resolve("first"));
    Path second = Files.createDirectory(folder.resolve("second"));
    try (TemporalServer server =
        new TemporalServers(new Home(search.home()), note -> {}).open(new TemporalChoice.InJvm())) {
      List<String> place =
          List.of("--temporal-address", server.target(), "--store", store.toString());
      CommandProcess others = worker(second.resolveSibling("others"), place, "llm", "workflow");
      CommandProcess stopped = worker(first, place, "gpu");
      List<String> more = new ArrayList<>(place);
      more.add("--no-workers");
      CommandProcess command = search.start(Map.of(), more.toArray(String[]::new));
      while (command.isRunning() && Journal.of(first).ended() == 0) {
        Thread.sleep(PAUSE_MILLIS);
      }
      stopped.terminate(); // within 30 s, or it fails
      long before = Journal.of(first).ended();

      CommandProcess next = worker(second, place, "gpu");
      JsonNode result = command.result();

      assertThat(result.path("evaluations").asInt()).isEqualTo(DemoSearch.EVALUATIONS);
      assertThat(before).isPositive();
      Journal both = new Journal(new ArrayList<>(Journal.of(first).lines()));
      both.lines().addAll(Journal.of(second).lines());
      assertThat(both.processes()).isEqualTo(2);
      assertThat(both.repeated()).isEmpty();
      next.terminate();
      others.terminate();
      List<String> messages = new ArrayList<>();
      for (String line : others.errors().lines().toList()) {
        messages.add(Json.mapper().readTree(line).path("formattedMessage").asText());
      }
      assertThat(messages)
          .as("each line is JSON")
          .anyMatch(message -> message.startsWith("llm, workflow: working for Temporal at"));
    }
  }

  private static CommandProcess worker(Path home, List<String> place, String... roles)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("worker"));
    arguments.addAll(List.of(roles));
    arguments.addAll(place);
    arguments.addAll(List.of("--verbose", "--log-format", "json")); // as in a container
    return CommandProcess.start(Files.createDirectories(home), Map.of(), arguments);
  }
}
