package dev.selfpruner.llm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiKeyTest {
  @Test
  void ourOwnVariableComesBeforeTheCommonOne() {
    assertThat(
            ApiKey.from(Map.of("SELFPRUNER_LLM_API_KEY", " sk-ours\n", "OPENAI_API_KEY", "sk-x"))
                .value())
        .isEqualTo("sk-ours");
    assertThat(ApiKey.from(Map.of("SELFPRUNER_LLM_API_KEY", "", "OPENAI_API_KEY", "sk-x")).value())
        .isEqualTo("sk-x");
    assertThat(ApiKey.from(Map.of()).value()).isEqualTo("none");
  }

  @Test
  void aKeyIsNeitherPrintedNorRepeated() {
    ApiKey key = ApiKey.from(Map.of("OPENAI_API_KEY", "sk-secret"));

    assertThat(key).hasToString("•••");
    assertThat(key.redact("no such key: sk-secret")).isEqualTo("no such key: •••");
    assertThatThrownBy(() -> ApiKey.from(Map.of("OPENAI_API_KEY", "sk-se\ncret")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("OPENAI_API_KEY")
        .hasMessageNotContainingAny("sk-se", "cret");
  }
}
