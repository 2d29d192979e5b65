package dev.selfpruner.infra.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.embedded.RealServers;
import dev.selfpruner.infra.payload.CodecServer;
import dev.selfpruner.infra.payload.KeyRing;
import dev.selfpruner.infra.payload.PayloadEncryption;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.testing.TemporalDevServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a server that others run, which is to learn nothing. Needs Temporal's CLI. */
class EncryptedSearchServerTest {
  @TempDir private Path folder;
  private Path cli;
  private Path keys;
  private DemoSearch search;

  @BeforeEach
  void makeKeys() throws Exception {
    byte[] key = new byte[32];
    new java.security.SecureRandom().nextBytes(key);
    keys =
        Files.writeString(
            folder.resolve("keys"), "of-the-test " + Base64.getEncoder().encodeToString(key));
    search = DemoSearch.in(folder);
    cli = RealServers.temporalCli();
  }

  @Test
  void leavesNothingOnTheServerThatItCanRead() throws Exception {
    try (TemporalDevServer temporal = SharedServers.startTemporal(cli, folder);
        FakeOpenAiServer llm = FakeOpenAiServer.wellBehavedAfter()) {
      JsonNode result = start(temporal, llm).result();
      assertThat(result.path("evaluations").asInt()).isEqualTo(DemoSearch.EVALUATIONS);

      RawHistories kept = RawHistories.of(temporal.getTarget());
      assertThat(kept.workflowIds()).hasSizeGreaterThan(1); // the search and its iterations
      assertThat(kept.bytes())
          .contains("binary/encrypted", "of-the-test")
          .doesNotContain("json/plain")
          .doesNotContain(search.demo().model().toString(), search.demo().testText().toString())
          .doesNotContain(llm.baseUrl(), "scripted", "sha256", "perplexity", "candidate");

      PayloadEncryption codec =
          new PayloadEncryption(KeyRing.find(keys.toString(), Map.of()).orElseThrow());
      assertThat(codec.decode(List.of(input(kept.events()))).get(0).getData().toStringUtf8())
          .as("it is there, for those who have the key")
          .contains(search.demo().model().toString(), llm.baseUrl());
      JsonNode shown = Json.read(show(temporal, codec, result), JsonNode.class);
      assertThat(firstInput(shown))
          .as("Temporal's CLI beside a codec server")
          .contains(llm.baseUrl());
    }
  }

  @Test
  void stillSaysWhyASearchFailed() throws Exception {
    try (TemporalDevServer temporal = SharedServers.startTemporal(cli, folder);
        FakeOpenAiServer llm = FakeOpenAiServer.wellBehavedAfter()) {
      llm.show("/models", Reply.ok("{\"data\": [{\"id\": \"another\"}]}"));
      CommandProcess command = start(temporal, llm);
      assertThat(command.failure()).contains("no such model", "another");

      RawHistories kept = RawHistories.of(temporal.getTarget());
      assertThat(kept.bytes())
          .contains("Encoded failure")
          .doesNotContain("no such model", "another", llm.baseUrl());
    }
  }

  private CommandProcess start(TemporalDevServer temporal, FakeOpenAiServer llm) throws Exception {
    return search.start(
        Map.of("TEMPORAL_ADDRESS", temporal.getTarget()),
        "--payload-key-file",
        keys.toString(),
        "--llm-url",
        llm.baseUrl(),
        "--llm-model",
        "scripted");
  }

  private static Payload input(List<HistoryEvent> events) {
    return events.stream()
        .filter(HistoryEvent::hasWorkflowExecutionStartedEventAttributes)
        .map(HistoryEvent::getWorkflowExecutionStartedEventAttributes)
        .filter(start -> start.getParentWorkflowExecution().getWorkflowId().isEmpty())
        .map(start -> start.getInput().getPayloads(0))
        .findFirst()
        .orElseThrow();
  }

  private static String firstInput(JsonNode history) {
    JsonNode start = history.path("events").path(0);
    JsonNode input = start.path("workflowExecutionStartedEventAttributes").path("input");
    String data = input.path("payloads").path(0).path("data").asText();
    return new String(Base64.getDecoder().decode(data), UTF_8);
  }

  private String show(TemporalDevServer temporal, PayloadEncryption codec, JsonNode result)
      throws Exception {
    Path output = folder.resolve("shown");
    try (CodecServer server =
        CodecServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            codec,
            new CodecServer.Access("http://localhost:8233", ""))) {
      Process show =
          new ProcessBuilder(
                  cli.toString(),
                  "workflow",
                  "show",
                  "--address",
                  temporal.getTarget(),
                  "--workflow-id",
                  "search-" + result.path("searchKey").asText().substring(0, 16),
                  "--codec-endpoint",
                  "http://127.0.0.1:" + server.port(),
                  "--output",
                  "json")
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      assertThat(show.waitFor(60, TimeUnit.SECONDS)).as("in time").isTrue();
    }
    return Files.readString(output);
  }
}
