package dev.selfpruner.llm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.llm.testing.AwsProperties;
import dev.selfpruner.llm.testing.FakeAnthropicServer;
import dev.selfpruner.llm.testing.FakeGeminiServer;
import dev.selfpruner.llm.testing.FakeLlmServer;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EndpointCheckTest {
  private static final String KEY = "sk-very-secret";
  private static final ApiKeys KEYS = ApiKeys.from(Map.of(ApiKeys.VARIABLE, KEY));
  private static final LlmTimeouts PATIENT =
      new LlmTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20));
  private static final LlmTimeouts IMPATIENT =
      new LlmTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1));

  @ParameterizedTest
  @CsvSource({
    "m, [{\"id\": \"m\"}]",
    "m, []",
    "m, [{\"id\": \"m:latest\"}]",
    "m:floor, [{\"id\": \"m\"}]",
    "m, [{\"id\": \"/models/other.gguf\"; \"owned_by\": \"llamacpp\"}]"
  })
  void aModelThatIsServedPasses(String model, String list) {
    try (FakeLlmServer server = FakeOpenAiServer.replying()) {
      server.show("/models", Reply.ok("{\"data\": %s}".formatted(list.replace(';', ','))));

      EndpointCheck.check(endpoint(Provider.OPENAI, server, model), KEYS, PATIENT);

      assertThat(server.looks())
          .singleElement()
          .extracting(FakeLlmServer.Request::authorization)
          .isEqualTo("Bearer " + KEY);
      assertThat(server.requests()).as("nothing is paid for").isEmpty();
    }
  }

  @Test
  void aModelThatIsNotListedIsNotFoundAndOthersAreNamed() {
    String models =
        IntStream.range(0, 12)
            .mapToObj("{\"id\": \"m%d\"}"::formatted)
            .collect(Collectors.joining(", "));
    try (FakeLlmServer server = FakeOpenAiServer.replying()) {
      server.show("/models", Reply.ok("{\"data\": [%s]}".formatted(models)));

      ApplicationFailure failure = failure(Provider.OPENAI, server, "m");

      assertThat(failure.getType()).isEqualTo("LlmNotFound");
      assertThat(failure.isNonRetryable()).isTrue();
      assertThat(failure.getOriginalMessage())
          .isEqualTo(
              "m at %s: no such model - there are m0, m1, m2, m3, m4, m5, m6, m7, m8, m9 and 2 more"
                  .formatted(server.baseUrl()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html></html>", "{}", "[1"})
  void aServerWithoutAListPasses(String page) {
    try (FakeLlmServer server = FakeOpenAiServer.replying()) {
      LargeLanguageModel endpoint = endpoint(Provider.OPENAI, server, "m");
      EndpointCheck.check(endpoint, KEYS, PATIENT);

      server.show("/models", Reply.ok(page));
      EndpointCheck.check(endpoint, KEYS, PATIENT);
    }
  }

  @Test
  void theOthersAreAskedForTheModelItself() {
    try (FakeLlmServer anthropic = FakeAnthropicServer.start(prompt -> Reply.text(""));
        FakeLlmServer gemini = FakeGeminiServer.start(prompt -> Reply.text(""))) {
      anthropic.show("/models/m", Reply.ok("{\"id\": \"m\", \"type\": \"model\"}"));
      anthropic.show("/models", Reply.ok("{\"data\": [{\"id\": \"m\"}], \"has_more\": false}"));
      gemini.show("/models/m", Reply.ok("{\"name\": \"models/m\"}"));
      gemini.show("/models", Reply.ok("{\"models\": [{\"name\": \"models/m\"}]}"));

      EndpointCheck.check(endpoint(Provider.ANTHROPIC, anthropic, "m"), KEYS, PATIENT);
      EndpointCheck.check(endpoint(Provider.GEMINI, gemini, "m"), KEYS, PATIENT);

      FakeLlmServer.Request toAnthropic = anthropic.looks().get(0);
      assertThat(toAnthropic.header("x-api-key")).isEqualTo(KEY);
      assertThat(toAnthropic.header("anthropic-version")).isEqualTo("2023-06-01");
      FakeLlmServer.Request toGemini = gemini.looks().get(0);
      assertThat(toGemini.header("x-goog-api-key")).isEqualTo(KEY);
      assertThat(toGemini.path()).isEqualTo("/v1beta/models/m");
      assertThat(failure(Provider.ANTHROPIC, anthropic, "n").getType()).isEqualTo("LlmNotFound");
      assertThat(failure(Provider.GEMINI, gemini, "n").getType()).isEqualTo("LlmNotFound");
      assertThat(EndpointCheck.models(Provider.ANTHROPIC, anthropic.baseUrl(), KEYS, PATIENT))
          .containsExactly("m");
      assertThat(EndpointCheck.models(Provider.GEMINI, gemini.baseUrl(), KEYS, PATIENT))
          .containsExactly("m");
    }
  }

  @ParameterizedTest
  @CsvSource({"401, LlmUnauthorized, true", "500, LlmServerError, false"})
  void aRefusalIsWhatItIsToAQuestion(int status, String type, boolean permanent) {
    try (FakeLlmServer server = FakeOpenAiServer.replying()) {
      server.show("/models", server.refusal(status, "no: " + KEY));

      ApplicationFailure failure = failure(Provider.OPENAI, server, "m");

      assertThat(failure.getType()).isEqualTo(type);
      assertThat(failure.isNonRetryable()).isEqualTo(permanent);
      assertThat(failure.getOriginalMessage()).doesNotContain(KEY);
    }
  }

  @Test
  void nothingIsWaitedForLongerThanTheTimeouts() {
    for (Reply reply : new Reply[] {new Reply.Silence(), new Reply.HalfABody()}) {
      try (FakeLlmServer server = FakeOpenAiServer.replying()) {
        server.show("/models", reply);
        LargeLanguageModel endpoint = endpoint(Provider.OPENAI, server, "m");

        assertThat(failure(endpoint, KEYS, IMPATIENT).getType()).isEqualTo("LlmTimeout");
      }
    }
  }

  @Test
  void aProvidersOwnServiceIsNotAskedWithoutAKey() {
    for (Provider provider :
        new Provider[] {Provider.OPENAI, Provider.ANTHROPIC, Provider.GEMINI}) {
      ApplicationFailure failure =
          failure(endpoint(provider, "", "m"), ApiKeys.from(Map.of()), PATIENT);

      assertThat(failure.getType()).isEqualTo("LlmNoKey");
      assertThat(failure.getOriginalMessage()).contains(provider.name() + "_API_KEY");
    }
  }

  @Test
  void ofBedrockOnlyCredentialsAndRegionAreLookedFor() {
    LargeLanguageModel endpoint = endpoint(Provider.BEDROCK, "", "m");
    try (AwsProperties aws = AwsProperties.none()) {
      assertThat(failure(endpoint, KEYS, PATIENT))
          .returns("LlmNoKey", ApplicationFailure::getType)
          .returns(true, ApplicationFailure::isNonRetryable)
          .extracting(ApplicationFailure::getOriginalMessage)
          .asString()
          .contains("no AWS region", "AWS_REGION");

      aws.set("aws.region", "eu-west-1");
      assertThat(failure(endpoint, KEYS, PATIENT).getOriginalMessage())
          .contains("no AWS credentials", "AWS_ACCESS_KEY_ID");

      aws.set("aws.accessKeyId", "AKIDTEST");
      aws.set("aws.secretAccessKey", "very-secret");
      assertThatCode(() -> EndpointCheck.check(endpoint, KEYS, PATIENT)).doesNotThrowAnyException();
    }
  }

  private static ApplicationFailure failure(Provider provider, FakeLlmServer server, String model) {
    return failure(endpoint(provider, server, model), KEYS, PATIENT);
  }

  private static ApplicationFailure failure(
      LargeLanguageModel endpoint, ApiKeys keys, LlmTimeouts timeouts) {
    return catchThrowableOfType(
        ApplicationFailure.class, () -> EndpointCheck.check(endpoint, keys, timeouts));
  }

  private static LargeLanguageModel endpoint(
      Provider provider, FakeLlmServer server, String model) {
    return endpoint(provider, server.baseUrl(), model);
  }

  private static LargeLanguageModel endpoint(Provider provider, String baseUrl, String model) {
    return new LargeLanguageModel(
        provider, baseUrl, model, 0, 1, AnswerFormat.TEXT, LargeLanguageModel.PAPER, "");
  }
}
