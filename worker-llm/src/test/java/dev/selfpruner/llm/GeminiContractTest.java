package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.llm.testing.FakeGeminiServer;
import dev.selfpruner.llm.testing.FakeLlmServer;
import dev.selfpruner.llm.testing.Reply;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gemini's generateContent. */
class GeminiContractTest extends ProviderContract {
  @Override
  Provider provider() {
    return Provider.GEMINI;
  }

  @Override
  FakeLlmServer server(Function<String, Reply> afterwards, Reply... replies) {
    return FakeGeminiServer.start(afterwards, replies);
  }

  @Override
  String key(FakeLlmServer.Request request) {
    return request.header("x-goog-api-key");
  }

  @Override
  void requireSettings(FakeLlmServer.Request request) {
    assertThat(request.path())
        .isEqualTo("/v1beta/models/%s:generateContent".formatted(LlmWorker.MODEL));
    JsonNode config = request.body().path("generationConfig");
    assertThat(config.path("temperature").asDouble()).isEqualTo(0.7);
    assertThat(config.path("maxOutputTokens").asInt()).isEqualTo(2_000);
  }

  @Override
  JsonNode schema(JsonNode body) {
    JsonNode config = body.path("generationConfig");
    assertThat(config.path("responseMimeType").asText())
        .isEqualTo(config.has("responseJsonSchema") ? "application/json" : "text/plain");
    return config.path("responseJsonSchema");
  }

  @Test
  void aKeyThatIsNotValidEndsIt() {
    LlmWorker.Failed failed =
        failure(server -> server.refusal(400, "API key not valid: " + LlmWorker.KEY));

    assertThat(failed.type()).isEqualTo("LlmUnauthorized");
    assertThat(failed.message()).contains("GEMINI_API_KEY").doesNotContain("not valid:");
  }

  @Test
  void aRateLimitIsRetriedWhenTheBodySays() {
    LlmWorker.Failed failed =
        failure(
            server ->
                new Reply.Status(
                    429,
                    Map.of(),
                    """
                    {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [
                      {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "20.5s"}]}}
                    """));

    assertThat(failed.type()).isEqualTo("LlmRateLimited");
    assertThat(failed.retryAfter()).isEqualTo(Optional.of(Duration.ofMillis(20_500)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"promptFeedback\": {\"blockReason\": \"SAFETY\"}}",
        "{\"candidates\": [{\"finishReason\": \"SAFETY\"}]}",
        "{\"candidates\": [{\"finishReason\": \"MAX_TOKENS\", \"content\": {\"role\": \"model\"}}]}"
      })
  void noAnswerIsAnAnswerToo(String body) {
    try (FakeLlmServer server = server(prompt -> Reply.ok(body))) {
      Proposal proposal =
          worker.propose(worker.requests(server, Provider.GEMINI, AnswerFormat.TEXT).initialise(2));

      assertThat(proposal.fallbacks()).isEqualTo(2);
    }
  }
}
