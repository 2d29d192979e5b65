package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.testing.PromQl;
import dev.selfpruner.infra.testing.TraceCollector;
import dev.selfpruner.infra.testing.TraceCollector.Received;
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
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Prometheus, a collector of logs and one of traces see of a search whose LLM refuses once,
 * and tells the key while it does.
 */
class WatchedSearchTest {
  private static final long PAUSE_MILLIS = 100;
  private static final String SEARCH = "selfpruner.search";
  private static final String LLM_KEY = "sk-marker-of-the-llm-key-0123456789";

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path folder;

  @Test
  void showsWhatDashboardAndAlertsAskFor() throws Exception {
    DemoSearch search = DemoSearch.in(folder);
    int port = twoFreePorts();
    String command = "";
    String gpuWorker = "";
    JsonNode result;
    Trace trace;
    Reply refusal =
        Reply.with(Reply.error(429, "slow down, Bearer " + LLM_KEY), "Retry-After", "1");
    try (FakeOpenAiServer llm = FakeOpenAiServer.wellBehavedAfter(refusal);
        TraceCollector collector = TraceCollector.start()) {
      CommandProcess process =
          search.start(
              Map.of(
                  "SELFPRUNER_TEMPORAL",
                  "test-server",
                  "SELFPRUNER_LLM_API_KEY",
                  LLM_KEY,
                  "OTEL_EXPORTER_OTLP_ENDPOINT",
                  collector.endpoint(),
                  "OTEL_EXPORTER_OTLP_HEADERS",
                  TraceCollector.HEADERS,
                  "OTEL_RESOURCE_ATTRIBUTES",
                  "deployment.environment.name=test"),
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
      assertThat(collector.bytes()).contains("Bearer").doesNotContain(LLM_KEY);
      assertThat(process.errors()).doesNotContain("Traces are lost");
      trace = new Trace(collector.spans());
    }

    Set<String> shown = new TreeSet<>(names(command));
    shown.addAll(names(gpuWorker));
    assertThat(shown).containsAll(PromQl.ofDashboard()).containsAll(PromQl.ofAlerts());
    assertThat(gpuWorker)
        .containsPattern("selfpruner_evaluations_total\\{outcome=\"done\"} [1-9]")
        .containsPattern(
            "temporal_worker_task_slots_available\\{.*task_queue=\"gpu\".*ActivityWorker");
    assertThat(command)
        .containsPattern(
            "selfpruner_llm_calls_total\\{model=\"scripted\",outcome=\"answered\"} [1-9]")
        .containsPattern("temporal_worker_task_slots_available\\{.*task_queue=\"llm\"")
        .containsPattern("temporal_worker_task_slots_available\\{.*task_queue=\"selfpruner\"")
        .containsPattern("selfpruner_llm_cost_dollars_total\\{model=\"scripted\"} 0\\.0");
    String workflowId = SearchSpec.workflowId(result.path("searchKey").asText());
    assertTraced(trace, workflowId);
    assertLogged(search, workflowId, trace);
  }

  private static void assertTraced(Trace trace, String workflowId) {
    trace.assertWhole();
    List<String> iteration =
        List.of(
            "StartWorkflow:SearchWorkflow",
            "RunWorkflow:SearchWorkflow",
            "StartChildWorkflow:IterationWorkflow",
            "RunWorkflow:IterationWorkflow");
    assertThat(trace.named("RunWorkflow:IterationWorkflow"))
        .allSatisfy(span -> assertThat(trace.path(span)).isEqualTo(iteration))
        .allSatisfy(span -> assertThat(span.attributes()).containsEntry(SEARCH, workflowId))
        .extracting(span -> span.attributes().get("selfpruner.iteration"))
        .containsExactlyInAnyOrder("0", "1", "2", "3");

    List<Received> evaluations = trace.named("RunActivity:ModelEvaluate");
    assertThat(evaluations)
        .hasSize(7)
        .allSatisfy(span -> assertThat(span.attributes()).containsEntry(SEARCH, workflowId))
        .anySatisfy(
            span ->
                assertThat(span.attributes())
                    .containsEntry("selfpruner.iteration", "2")
                    .containsEntry("selfpruner.candidate", "i02-mutate-00,i02-mutate-01")
                    .containsEntry("selfpruner.attempt", "1"));
    assertThat(trace.named("run candidates"))
        .filteredOn(span -> trace.path(span).containsAll(iteration))
        .hasSize(7)
        .allSatisfy(
            span ->
                assertThat(trace.path(span))
                    .isEqualTo(
                        joined(
                            iteration,
                            "StartActivity:ModelEvaluate",
                            "RunActivity:ModelEvaluate",
                            "run candidates")));
    assertThat(activities(trace, "load weights"))
        .as("in the order of the files, and in that of the calibration")
        .containsExactlyInAnyOrder("RunActivity:ModelCalibrate", "RunActivity:ModelEvaluate");
    assertThat(activities(trace, "collect statistics"))
        .containsExactly("RunActivity:ModelCalibrate");
    assertThat(activities(trace, "run candidates"))
        .contains("RunActivity:ModelMeasure")
        .containsOnly("RunActivity:ModelEvaluate", "RunActivity:ModelMeasure");
    assertThat(activities(trace, "fit layers")).as("the method has no fit").isEmpty();
    assertThat(activities(trace, "write model")).containsExactly("RunActivity:ModelPrune");

    assertThat(trace.named("chat scripted"))
        .hasSize(7 + 1)
        .allSatisfy(span -> assertThat(trace.path(span)).contains("RunActivity:PopulationPropose"))
        .allSatisfy(
            span ->
                assertThat(span.attributes())
                    .containsEntry("gen_ai.provider.name", "openai")
                    .containsEntry("gen_ai.request.model", "scripted"))
        .filteredOn(span -> !span.failed())
        .hasSize(7)
        .allSatisfy(
            span ->
                assertThat(span.attributes())
                    .containsEntry("gen_ai.usage.input_tokens", "11")
                    .containsEntry("gen_ai.usage.output_tokens", "22"));
    assertThat(trace.named("RunActivity:PopulationPropose"))
        .filteredOn(Received::failed)
        .singleElement()
        .satisfies(
            span ->
                assertThat(span.events())
                    .singleElement()
                    .satisfies(
                        event ->
                            assertThat(event.get("exception.message"))
                                .contains("slow down, Bearer •••")));
    // The command, and the process that computes for it.
    assertThat(evaluations.get(0).resource())
        .containsEntry("service.name", "selfpruner")
        .containsEntry("deployment.environment.name", "test");
    assertThat(evaluations.get(0).resource().get("service.instance.id"))
        .isNotEqualTo(trace.named("chat scripted").get(0).resource().get("service.instance.id"));
  }

  /** What a step is part of, each time. */
  private static List<String> activities(Trace trace, String step) {
    return trace.named(step).stream()
        .map(trace::path)
        .map(path -> path.get(path.size() - 2))
        .toList();
  }

  private static List<String> joined(List<String> path, String... more) {
    return Stream.concat(path.stream(), Stream.of(more)).toList();
  }

  /** Lines of this process say what they are about; the GPU worker's are messages among them. */
  private static void assertLogged(DemoSearch search, String workflowId, Trace trace)
      throws IOException {
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
              assertThat(line.path("mdc").path("trace_id").asText()).isEqualTo(trace.id());
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
