package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The LLM is one operator among others, and an HTTP server in this test. */
class LlmMeasuredSearchTest {
  @TempDir private Path folder;

  @Test
  void saysWhatTheLlmMadeAndWhatSurvived() throws Exception {
    DemoSearch search = DemoSearch.measured(folder);
    try (FakeOpenAiServer llm = FakeOpenAiServer.wellBehavedAfter()) {
      JsonNode result =
          search
              .startInJvm(
                  "--llm-url",
                  llm.baseUrl(),
                  "--llm-model",
                  "scripted",
                  "--mutations",
                  "2",
                  "--crossovers",
                  "2")
              .result();

      assertThat(result.path("fallbacks").asInt()).isZero();
      assertThat(result.path("llm").path("answers").asInt()).isEqualTo(llm.requests().size());
      assertThat(result.at("/method/0/mix/adaptive").isMissingNode()).isTrue();
      assertThat(result.at("/method/mix/adaptive").asBoolean()).isTrue();
      assertThat(llm.requests())
          .as("is told what blocks cost")
          .allMatch(request -> request.prompt().contains("attention: -10 %"));

      JsonNode inspected = search.inspect(result.path("output").asText(), "--json").result();
      Map<Operator, JsonNode> operators = new EnumMap<>(Operator.class);
      for (JsonNode each : inspected.path("operators")) {
        operators.put(Operator.valueOf(each.path("operator").asText()), each);
      }
      assertThat(operators)
          .containsOnlyKeys(
              Operator.INITIALISE,
              Operator.MUTATE,
              Operator.CROSS_OVER,
              Operator.LEVEL_SWITCH,
              Operator.DESCEND);
      int made = 0;
      for (Map.Entry<Operator, JsonNode> each : operators.entrySet()) {
        int offspring = each.getValue().path("offspring").asInt();
        int ofLlm = each.getValue().path("offspringOfLlm").asInt();
        made += ofLlm;
        assertThat(ofLlm)
            .as(each.getKey().name())
            .isEqualTo(
                switch (each.getKey()) {
                  case INITIALISE -> offspring / 2; // what was measured makes the others
                  case MUTATE, CROSS_OVER -> offspring;
                  case LEVEL_SWITCH, DESCEND, BASELINE, PROBE, INJECT -> 0;
                });
        assertThat(each.getValue().path("survivorsOfLlm").asInt())
            .isLessThanOrEqualTo(each.getValue().path("survivors").asInt());
      }
      assertThat(inspected.path("usable").path("wanted").asInt()).isEqualTo(made);
      assertThat(inspected.path("usable").path("again").asInt()).isEqualTo(made);
      assertThat(search.inspect(result.path("output").asText()).text())
          .containsPattern("the LLM made \\d+ of \\d+ survivors of their own iteration");
    }
  }
}
