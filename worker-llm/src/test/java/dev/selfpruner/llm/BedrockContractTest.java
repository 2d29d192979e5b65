package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.llm.testing.AwsProperties;
import dev.selfpruner.llm.testing.FakeBedrockServer;
import dev.selfpruner.llm.testing.FakeLlmServer;
import dev.selfpruner.llm.testing.Reply;
import java.io.IOException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bedrock's Converse, with credentials that the AWS SDK finds by itself. */
class BedrockContractTest extends ProviderContract {
  @Override
  Provider provider() {
    return Provider.BEDROCK;
  }

  @Override
  FakeLlmServer server(Function<String, Reply> afterwards, Reply... replies) {
    return FakeBedrockServer.start(afterwards, replies);
  }

  @Override
  String key(FakeLlmServer.Request request) {
    return request.header("Authorization");
  }

  @Override
  void requireSettings(FakeLlmServer.Request request) {
    assertThat(request.path()).isEqualTo("/model/%s/converse".formatted(LlmWorker.MODEL));
    JsonNode config = request.body().path("inferenceConfig");
    assertThat(config.path("temperature").asDouble()).isCloseTo(0.7, within(1e-6));
    assertThat(config.path("maxTokens").asInt()).isEqualTo(2_000);
    assertThat(request.toString()).doesNotContain(LlmWorker.KEY, SECRET);
  }

  @Override
  JsonNode schema(JsonNode body) {
    JsonNode format = body.path("outputConfig").path("textFormat");
    if (format.isMissingNode()) {
      return format;
    }
    assertThat(format.path("type").asText()).isEqualTo("json_schema");
    JsonNode schema = format.path("structure").path("jsonSchema").path("schema");
    assertThat(schema.isTextual()).as("Bedrock wants the schema as a text").isTrue();
    return parsed(schema.asText());
  }

  private static final String SECRET = "very-secret";

  private final AwsProperties aws = AwsProperties.given();

  @AfterEach
  void takeCredentials() {
    aws.close();
  }

  @Override
  String keySent() {
    return "Credential=AKIDTEST/";
  }

  /** Only a signature is sent. */
  @Override
  String secret() {
    return "AKIDTEST";
  }

  @Override
  String reportedModel() {
    return LlmWorker.MODEL;
  }

  @ParameterizedTest
  @CsvSource({
    "400, ExpiredTokenException, LlmUnauthorized, true",
    "403, AccessDeniedException, LlmUnauthorized, true",
    "400, ServiceQuotaExceededException, LlmQuotaExhausted, true",
    "424, ModelErrorException, LlmServerError, false",
    "429, ModelNotReadyException, LlmRateLimited, false"
  })
  void awsHasNamesOfItsOwn(int status, String code, String type, boolean permanent) {
    LlmWorker.Failed failed =
        failure(server -> ((FakeBedrockServer) server).refusal(status, code, "no"));

    assertThat(failed.type()).isEqualTo(type);
    assertThat(failed.nonRetryable()).isEqualTo(permanent);
  }

  @Test
  void aNameThatIsNoModelsEndsIt() {
    assertThat(failure(server -> server.refusal(400, "The provided model identifier is invalid.")))
        .extracting(LlmWorker.Failed::type)
        .isEqualTo("LlmNotFound");
  }

  @Test
  void aContextThatIsFullCutsAnAnswerOff() throws IOException {
    String body =
        """
        {"output": {"message": {"role": "assistant", "content": [{"text": "[0.1, 0.2, 0.4, 0.5]"}]}},
         "stopReason": "model_context_window_exceeded",
         "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}}
        """;
    try (FakeLlmServer server = server(prompt -> Reply.ok(body))) {
      Proposal proposal =
          worker.propose(
              worker.requests(server, Provider.BEDROCK, AnswerFormat.TEXT).initialise(1));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(worker.exchange(Operator.INITIALISE, 0, 0).orElseThrow().answer().finishReason())
          .isEqualTo("length");
    }
  }

  private static JsonNode parsed(String json) {
    try {
      return Json.mapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
