package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import dev.selfpruner.llm.testing.WellBehaved;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The LLM is an HTTP server in this test: it behaves well, then badly, then well again. */
class LlmSearchTest {
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
          search.startInJvm("--llm-url", llm.baseUrl(), "--llm-model", "scripted");
      JsonNode result = command.result();

      assertThat(result.path("evaluations").asInt()).isEqualTo(DemoSearch.EVALUATIONS);
      assertThat(result.path("searched").asDouble()).isGreaterThan(result.path("dense").asDouble());
      assertThat(search.journal().repeated()).isEmpty();
      // One question for each of seven proposals, and another for each bad answer.
      assertThat(llm.requests()).hasSizeGreaterThanOrEqualTo(7 + 4);
    }
  }
}
