package dev.selfpruner.llm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.llm.testing.AwsProperties;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import io.temporal.failure.ApplicationFailure;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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
