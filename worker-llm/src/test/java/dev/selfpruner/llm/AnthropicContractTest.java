package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.llm.testing.FakeAnthropicServer;
import dev.selfpruner.llm.testing.FakeLlmServer;
import dev.selfpruner.llm.testing.Reply;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Anthropic's messages. */
class AnthropicContractTest extends ProviderContract {
  @Override
  Provider provider() {
    return Provider.ANTHROPIC;
  }

  @Override
  FakeLlmServer server(Function<String, Reply> afterwards, Reply... replies) {
    return FakeAnthropicServer.start(afterwards, replies);
  }

  @Override
  String key(FakeLlmServer.Request request) {
    return request.header("x-api-key");
  }

  @Override
  void requireSettings(FakeLlmServer.Request request) {
    assertThat(request.path()).isEqualTo("/v1/messages");
    assertThat(request.header("anthropic-version")).isEqualTo("2023-06-01");
    assertThat(request.authorization()).isEmpty();
    assertThat(request.body().path("model").asText()).isEqualTo(LlmWorker.MODEL);
    assertThat(request.body().path("temperature").asDouble()).isEqualTo(0.7);
    assertThat(request.body().path("max_tokens").asInt()).isEqualTo(2_000);
  }

  @Override
  JsonNode schema(JsonNode body) {
    JsonNode format = body.path("output_config").path("format");
    assertThat(format.isMissingNode() || format.path("type").asText().equals("json_schema"))
        .isTrue();
    return format.path("schema");
  }

  @Test
  void anAccountWithoutCreditEndsIt() {
    LlmWorker.Failed failed =
        failure(server -> server.refusal(400, "Your credit balance is too low to go on"));

    assertThat(failed.type()).isEqualTo("LlmQuotaExhausted");
    assertThat(failed.nonRetryable()).isTrue();
  }
}
