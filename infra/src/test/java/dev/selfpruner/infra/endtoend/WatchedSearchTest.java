package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.testing.PromQl;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus and a collector of logs see of a search whose LLM refuses once. */
class WatchedSearchTest {
  private static final long PAUSE_MILLIS = 100;

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path folder;

  @Test
  void showsWhatDashboardAndAlertsAskFor() throws Exception {
    DemoSearch search = DemoSearch.in(folder);
    int port = twoFreePorts();
    String command = "";
    String gpuWorker = "";
    JsonNode result;
    try (FakeOpenAiServer llm = FakeOpenAiServer.wellBehavedAfter(Reply.tooMany(1))) {
      CommandProcess process =
          search.startInJvm(
              "--llm-url",
              llm.baseUrl(),
              "--llm-model",
              "scripted",
              "--llm-price",
              "2.5,10",
              "--metrics-port",
              Integer.toString(port),
              "--log-format",
              "json");
      while (process.isRunning()) {
        command = scrape(port, command);
        gpuWorker = scrape(port + 1, gpuWorker);
        Thread.sleep(PAUSE_MILLIS);
      }
      result = process.result();
    }

    Set<String> shown = new TreeSet<>(names(command));
    shown.addAll(names(gpuWorker));
    assertThat(shown).containsAll(PromQl.ofDashboard()).containsAll(PromQl.ofAlerts());
    assertThat(gpuWorker)
        .containsPattern("selfpruner_evaluations_total\\{outcome=\"done\"} [1-9]")
        .containsPattern("temporal_worker_task_slots_\\w+\\{.*task_queue=\"gpu\".*ActivityWorker");
    assertThat(command)
        .containsPattern(
            "selfpruner_llm_calls_total\\{model=\"scripted\",outcome=\"answered\"} [1-9]")
        .containsPattern("selfpruner_llm_cost_dollars_total\\{model=\"scripted\"} 0\\.0");
    assertLogged(search, SearchSpec.workflowId(result.path("searchKey").asText()));
  }

  /** Lines of this process say what they are about; the GPU worker's are messages among them. */
  private static void assertLogged(DemoSearch search, String workflowId) throws IOException {
    List<JsonNode> lines;
    try (Stream<String> log = Files.lines(search.home().resolve("selfpruner.log"))) {
      lines = log.map(line -> Json.read(line, JsonNode.class)).toList();
    }
    assertThat(lines)
        .anySatisfy(
            line -> {
              assertThat(line.path("mdc").path("search").asText()).isEqualTo(workflowId);
              assertThat(line.path("mdc").path("iteration").asText()).isEqualTo("2");
              assertThat(line.path("mdc").path("ActivityType").asText())
                  .isEqualTo("PopulationPropose");
            });
    assertThat(lines)
        .extracting(line -> line.path("formattedMessage").asText())
        .anyMatch(message -> message.matches(".*done in .* s <%s 2 \\S+>".formatted(workflowId)));
  }

  private static int twoFreePorts() throws IOException {
    while (true) {
      try (ServerSocket first = new ServerSocket(0);
          ServerSocket second = new ServerSocket(first.getLocalPort() + 1)) {
        return second.getLocalPort() - 1;
      } catch (IOException | IllegalArgumentException e) {
        // the next one is taken: look elsewhere
      }
    }
  }

  /** What is shown there now, or was the last time. */
  private String scrape(int port, String before) throws InterruptedException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/metrics".formatted(port))).build();
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return response.statusCode() == 200 ? response.body() : before;
    } catch (IOException e) {
      return before; // not there yet, or no longer
    }
  }

  private static Set<String> names(String scraped) {
    Set<String> names = new TreeSet<>();
    scraped
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]", 2)[0])
        .forEach(names::add);
    return names;
  }
}
