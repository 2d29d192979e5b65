package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.llm.testing.FakeLlmServer;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** OpenAI's chat completions, and servers that speak them. */
class OpenAiContractTest extends ProviderContract {
  @Override
  Provider provider() {
    return Provider.OPENAI;
  }

  @Override
  FakeLlmServer server(Function<String, Reply> afterwards, Reply... replies) {
    return FakeOpenAiServer.start(afterwards, replies);
  }

  @Override
  String key(FakeLlmServer.Request request) {
    return request.header("Authorization");
  }

  @Override
  void requireSettings(FakeLlmServer.Request request) {
    assertThat(request.path()).isEqualTo("/v1/chat/completions");
    assertThat(request.body().path("model").asText()).isEqualTo(LlmWorker.MODEL);
    assertThat(request.body().path("temperature").asDouble()).isEqualTo(0.7);
    assertThat(request.body().path("max_tokens").asInt()).isEqualTo(2_000);
  }

  @Override
  JsonNode schema(JsonNode body) {
    JsonNode format = body.path("response_format").path("json_schema");
    assertThat(format.isMissingNode() || format.path("strict").asBoolean()).isTrue();
    return format.path("schema");
  }

  @Test
  void aGrammarIsSentWhereOneIsAskedFor() {
    try (FakeLlmServer server = server(prompt -> Reply.text(LlmWorker.GOOD))) {
      Proposal proposal =
          worker.propose(
              worker.requests(server, Provider.OPENAI, AnswerFormat.GRAMMAR).initialise(2));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(server.requests().get(0).body().path("grammar").asText())
          .isEqualTo(
              """
              root ::= list "\\n" list
              list ::= "[" rate ", " rate ", " rate ", " rate "]"
              rate ::= "0." [0-9] [0-9] [0-9] [0-9] [0-9]
              """);
    }
  }

  @Test
  void anAccountWithoutCreditEndsIt() {
    LlmWorker.Failed failed =
        failure(
            server ->
                new Reply.Status(
                    429,
                    Map.of("Retry-After", "1"),
                    """
                    {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}
                    """));

    assertThat(failed.type()).isEqualTo("LlmQuotaExhausted");
    assertThat(failed.nonRetryable()).isTrue();
  }
}
