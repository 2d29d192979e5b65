package dev.selfpruner.llm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.LoadedSecrets;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.llm.testing.AwsProperties;
import dev.selfpruner.llm.testing.FakeBedrockServer;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LanguageModelTest {
  private static final Question QUESTION = new Question("2 lists?", 2, 3, 100);
  private static final ApiKeys NO_KEYS = ApiKeys.from(Map.of());

  private final AwsProperties aws = AwsProperties.none();

  @AfterEach
  void giveBack() {
    aws.close();
  }

  @Test
  void onlyServersOfOpenAisProtocolTakeAGrammar() {
    assertThat(LanguageModel.formats(Provider.OPENAI)).contains(AnswerFormat.GRAMMAR);
    for (Provider provider :
        new Provider[] {Provider.ANTHROPIC, Provider.GEMINI, Provider.BEDROCK}) {
      assertThat(LanguageModel.formats(provider))
          .containsExactlyInAnyOrder(AnswerFormat.TEXT, AnswerFormat.SCHEMA);
    }
  }

  @Test
  void aTemperatureThatAProviderDoesNotTakeIsRefusedAtOnce() {
    assertThatThrownBy(() -> model(endpoint(Provider.ANTHROPIC, "", 1.5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Anthropic's protocol takes temperatures up to 1.0, not 1.5");
    assertThat(model(endpoint(Provider.GEMINI, "", 1.5))).isNotNull();
  }

  @ParameterizedTest
  @EnumSource(Provider.class)
  void aProvidersOwnServiceIsNotAskedWithoutAKey(Provider provider) {
    LanguageModel model = model(endpoint(provider, "", 0.7));

    assertThatThrownBy(() -> model.ask(QUESTION))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo("LlmNoKey");
              assertThat(failure.isNonRetryable()).isTrue();
            });
  }

  @Test
  void aWorkerThatStopsLeavesTheQuestionToTheNext() {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying(new Reply.Silence())) {
      LanguageModel model = model(endpoint(Provider.OPENAI, server.baseUrl(), 0.7));
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> model.ask(QUESTION))
          .isInstanceOfSatisfying(
              ApplicationFailure.class, failure -> assertThat(failure.isNonRetryable()).isFalse());
    } finally {
      boolean unused = Thread.interrupted();
    }
  }

  @Test
  void anAnswerStoredBeforeThereWereEstimatesIsNone() {
    Answer answer = new Answer("[0.1]", "m", "stop", 1, 2, false);
    String stored = Json.write(answer);

    assertThat(Json.readStored(bytes(stored), Answer.class)).isEqualTo(answer);
    assertThat(Json.readStored(bytes(stored.replace("\"estimated\":false,", "")), Answer.class))
        .isEqualTo(answer);
  }

  /** A process gives others each time that it is asked, as a broker of roles does. */
  @Test
  void whatSignsAQuestionToBedrockIsKnownAsASecret(@TempDir Path folder) throws IOException {
    Path process =
        Files.writeString(
            folder.resolve("credentials.sh"),
            """
            echo >> '%1$s/asked'
            n=$(wc -l < '%1$s/asked' | tr -d ' ')
            echo '{"Version": 1, "AccessKeyId": "AKIDTEST",'
            echo '"SecretAccessKey": "secret-of-a-process-'$n'",'
            echo '"SessionToken": "token-of-a-process-'$n'"}'
            """
                .formatted(folder));
    Path config =
        Files.writeString(
            folder.resolve("config"), "[default]\ncredential_process = sh " + process + "\n");
    aws.set("aws.configFile", config.toString());
    aws.set("aws.region", "eu-west-1");
    try (FakeBedrockServer server = FakeBedrockServer.start(prompt -> Reply.text("[]"))) {
      Answer answer = model(endpoint(Provider.BEDROCK, server.baseUrl(), 0.7)).ask(QUESTION);

      assertThat(answer.text()).isEqualTo("[]");
      String token = server.requests().get(0).header("X-Amz-Security-Token");
      assertThat(token).startsWith("token-of-a-process-");
      assertThat(LoadedSecrets.all())
          .contains(token, token.replace("token", "secret"))
          .doesNotContain("AKIDTEST");
      assertThat(folder.resolve("asked")).as("asked once a question").hasContent("\n");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static LanguageModel model(LargeLanguageModel endpoint) {
    return new LanguageModel(endpoint, NO_KEYS, LlmTimeouts.forAnswersOf(100));
  }

  private static LargeLanguageModel endpoint(
      Provider provider, String baseUrl, double temperature) {
    return new LargeLanguageModel(
        provider, baseUrl, "m", temperature, 1, AnswerFormat.TEXT, LargeLanguageModel.PAPER, "");
  }
}
