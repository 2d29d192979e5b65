package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import dev.selfpruner.llm.testing.WellBehaved;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchWithLanguageModelTest {
  private static final int LAYERS = 10;

  @TempDir private Path folder;

  @Test
  void aSearchOutlivesProseShortVectorsNotANumberAndTooManyRequests() throws Exception {
    String short1 = "[0.3, 0.3, 0.2]";
    String notANumber = WellBehaved.lists(1, LAYERS, 0.3, 3).replaceFirst("0\\.\\d+", "NaN");
    try (FakeOpenAiServer llm =
        FakeOpenAiServer.wellBehavedAfter(
            Reply.text(WellBehaved.lists(DemoSearch.POPULATION, LAYERS, 0.3, 1)),
            Reply.text("As a language model I would rather talk about the weather."),
            Reply.text("Sure! Here they are:\n" + short1 + "\n" + short1),
            Reply.text(notANumber),
            Reply.tooMany(1))) {
      List<String> arguments =
          DemoSearch.arguments(folder, "--llm-url", llm.baseUrl(), "--llm-model", "scripted");

      JsonNode result =
          CommandProcess.start(
                  folder.resolve("home"),
                  Map.of(
                      "SELFPRUNER_TEMPORAL", "test-server", "SELFPRUNER_LLM_API_KEY", "sk-secret"),
                  arguments)
              .result();

      assertThat(result.get("evaluations").asInt()).isEqualTo(DemoSearch.EVALUATIONS);
      // One operator had three unusable answers; all else was answered well in the end.
      assertThat(result.get("fallbacks").asInt()).isBetween(0, DemoSearch.OFFSPRING);
      assertThat(llm.requests())
          .hasSizeGreaterThanOrEqualTo(5 + 1)
          .allSatisfy(request -> assertThat(request.authorization()).isEqualTo("Bearer sk-secret"));
    }
  }
}
