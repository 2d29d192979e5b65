package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import dev.selfpruner.llm.testing.WellBehaved;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The LLM is an HTTP server in this test: it behaves well, then badly, then well again. Meanwhile
 * nobody takes the traces.
 */
class LlmSearchTest {
  /** Nothing listens on port 1. */
  private static final String NOBODY = "http://127.0.0.1:1";

  @TempDir private Path folder;

  @Test
  void endsWhateverTheLlmAnswers() throws Exception {
    DemoSearch search = DemoSearch.in(folder);
    int layers = LlamaConfig.read(search.demo().model().resolve("config.json")).layers().size();
    String nan = "[NaN" + ", 0.30000".repeat(layers - 1) + "]";
    try (FakeOpenAiServer llm =
        FakeOpenAiServer.wellBehavedAfter(
            Reply.text(WellBehaved.lists(4, layers, 0.3, 1)),
            Reply.text("I would rather talk about the weather."),
            Reply.text("[0.1, 0.2, 0.3]"),
            Reply.text(nan),
            Reply.tooMany(1))) {
      CommandProcess command =
          search.start(
              Map.of("SELFPRUNER_TEMPORAL", "test-server", "OTEL_EXPORTER_OTLP_ENDPOINT", NOBODY),
              "--llm-url",
              llm.baseUrl(),
              "--llm-model",
              "scripted",
              "--llm-price",
              "2.5,10");
      JsonNode result = command.result();

      assertThat(result.path("evaluations").asInt()).isEqualTo(DemoSearch.EVALUATIONS);
      assertThat(result.path("searched").asDouble()).isGreaterThan(result.path("dense").asDouble());
      assertThat(search.journal().repeated()).isEmpty();
      assertThat(command.errors().lines().filter(line -> line.startsWith("Traces are lost")))
          .as("the collector that is not there, said once")
          .hasSize(1);
      // One question for each of seven proposals, and another for each bad answer.
      assertThat(llm.requests()).hasSizeGreaterThanOrEqualTo(7 + 4);
      assertInspected(search, result, llm.requests().size() - 1); // one got no answer
    }
  }

  private static void assertInspected(DemoSearch search, JsonNode result, int answers)
      throws Exception {
    JsonNode inspected = search.inspect(result.path("output").asText(), "--json").result();
    List<JsonNode> questions = new ArrayList<>();
    int candidates = 0;
    for (JsonNode iteration : inspected.path("iterations")) {
      iteration.path("questions").forEach(questions::add);
      for (JsonNode source : iteration.path("candidates")) {
        candidates += source.asInt();
      }
    }
    assertThat(inspected.path("searchKey")).isEqualTo(result.path("searchKey"));
    assertThat(candidates).isEqualTo(DemoSearch.EVALUATIONS);
    assertThat(questions).hasSize(answers);
    JsonNode bill = inspected.path("llm");
    assertThat(bill.path("answers").asInt()).isEqualTo(answers);
    assertThat(bill.path("inputTokens").asLong())
        .isEqualTo(questions.stream().mapToLong(each -> each.path("inputTokens").asLong()).sum())
        .isEqualTo(11L * answers);
    assertThat(bill.path("outputTokens").asLong())
        .isEqualTo(questions.stream().mapToLong(each -> each.path("outputTokens").asLong()).sum())
        .isEqualTo(22L * answers);
    assertThat(bill.path("cost").asDouble())
        .isCloseTo(answers * (11 * 2.5 + 22 * 10.0) / 1e6, within(1e-9));
    assertThat(inspected.path("usable").path("wanted").asInt()).isEqualTo(DemoSearch.EVALUATIONS);
    // Two proposals ask at the same time: which of them gets which answer is left to chance.
    assertThat(questions).extracting(question -> question.path("lists").asInt()).contains(0);
    assertThat(questions)
        .extracting(question -> question.path("notUsed").toString())
        .anyMatch(verdicts -> verdicts.contains("a list had 3 numbers"));

    String full =
        search.inspect(inspected.path("workflowId").asText(), "--iteration", "1", "--full").text();
    assertThat(full)
        .contains("I would rather talk about the weather.")
        .contains("not used: 1 x a list had 3 numbers")
        .contains("bill: %d answers, ".formatted(answers))
        .contains("usable of 16 candidates wanted: ");
  }
}
