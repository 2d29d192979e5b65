package dev.selfpruner.llm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Provider;
import io.temporal.failure.ApplicationFailure;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiKeysTest {
  private static final Map<String, String> ALL =
      Map.of(
          "OPENAI_API_KEY", "sk-openai",
          "ANTHROPIC_API_KEY", "sk-anthropic",
          "GEMINI_API_KEY", "gemini",
          "GOOGLE_API_KEY", "google");

  @Test
  void ourOwnVariableComesBeforeTheProviders() {
    Map<String, String> both =
        Map.of("SELFPRUNER_LLM_API_KEY", " sk-ours\n", "OPENAI_API_KEY", "sk-x");
    assertThat(key(both, Provider.OPENAI)).isEqualTo("sk-ours");
    assertThat(key(both, Provider.ANTHROPIC)).isEqualTo("sk-ours");
    assertThat(key(Map.of("SELFPRUNER_LLM_API_KEY", "", "OPENAI_API_KEY", "sk-x"), Provider.OPENAI))
        .isEqualTo("sk-x");
  }

  @Test
  void aProvidersKeyIsForThatProviderAlone() {
    assertThat(key(ALL, Provider.OPENAI)).isEqualTo("sk-openai");
    assertThat(key(ALL, Provider.ANTHROPIC)).isEqualTo("sk-anthropic");
    assertThat(key(ALL, Provider.GEMINI)).isEqualTo("gemini");
    assertThat(key(Map.of("GOOGLE_API_KEY", "google"), Provider.GEMINI)).isEqualTo("google");
    assertThat(key(ALL, Provider.BEDROCK)).isEqualTo("none");
  }

  @Test
  void aProvidersOwnServiceIsNotAskedWithoutAKey() {
    for (String baseUrl : new String[] {"", "https://api.anthropic.com/v1"}) {
      assertThatThrownBy(
              () -> ApiKeys.from(Map.of("OPENAI_API_KEY", "sk-x")).of(anthropic(baseUrl)))
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              failure -> {
                assertThat(failure.getType()).isEqualTo("LlmNoKey");
                assertThat(failure.isNonRetryable()).isTrue();
                assertThat(failure.getOriginalMessage())
                    .isEqualTo(
                        "https://api.anthropic.com/v1: no key - set SELFPRUNER_LLM_API_KEY or ANTHROPIC_API_KEY in the LLM worker's environment");
              });
    }
    assertThat(ApiKeys.from(Map.of()).of(anthropic("http://localhost:8000/v1")).value())
        .isEqualTo("none");
  }

  @Test
  void aProvidersOwnVariableGoesToNoOtherAddress() {
    LargeLanguageModel local = LargeLanguageModel.compatible("http://localhost/v1", "m", 0, 1);

    assertThat(ApiKeys.from(ALL).of(local).value()).isEqualTo("none");
    assertThat(ApiKeys.from(ALL).of(anthropic("https://anthropic.com.example.org/v1")).value())
        .isEqualTo("none");
    assertThat(ApiKeys.from(Map.of(ApiKeys.VARIABLE, "sk-ours")).of(local).value())
        .isEqualTo("sk-ours");
  }

  @Test
  void keysAreNeitherPrintedNorRepeated() {
    ApiKeys keys = ApiKeys.from(Map.of("OPENAI_API_KEY", "sk-secret"));
    LargeLanguageModel openAi = endpoint(Provider.OPENAI, "");

    assertThat(keys).hasToString("keys in [OPENAI_API_KEY]");
    assertThat(keys.of(openAi)).hasToString("•••");
    assertThat(keys.of(openAi).redact("no such key: sk-secret")).isEqualTo("no such key: •••");
    assertThatThrownBy(() -> ApiKeys.from(Map.of("OPENAI_API_KEY", "sk-se\ncret")).of(openAi))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("OPENAI_API_KEY")
        .hasMessageNotContainingAny("sk-se", "cret");
  }

  private static LargeLanguageModel anthropic(String baseUrl) {
    return endpoint(Provider.ANTHROPIC, baseUrl);
  }

  private static String key(Map<String, String> environment, Provider provider) {
    return ApiKeys.from(environment).of(endpoint(provider, "")).value();
  }

  private static LargeLanguageModel endpoint(Provider provider, String baseUrl) {
    return new LargeLanguageModel(
        provider, baseUrl, "m", 0, 1, AnswerFormat.TEXT, LargeLanguageModel.PAPER, "");
  }
}
