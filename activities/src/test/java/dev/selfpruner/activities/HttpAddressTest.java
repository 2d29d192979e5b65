package dev.selfpruner.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8000/v1",
        "https://api.example/v1/",
        "https://gateway.example/models/m@2024/v1",
        "http://llama_server:8080/v1"
      })
  void isSchemeHostAndPath(String address) {
    assertThat(HttpAddress.require(address, "an LLM", "").toString()).isEqualTo(address);
    assertThat(LargeLanguageModel.compatible(address, "m", 1.0, 1).baseUrl()).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://api.example/v1?api-key=secret",
        "https://api.example/v1?secret",
        "https://api.example/v1#secret",
        "https://user:secret@api.example/v1",
        "https://secret@api.example/v1",
        "https://user:se@secret@api.example/v1",
        "https://user:secret@api_host/v1",
        "https://api.example/v1?key=secret key",
        "user:secret@api.example/v1",
        "localhost:8000/v1?key=secret",
        "http:localhost:8000/v1?key=secret",
        "https:secret@api.example/v1",
        "ftp://user:secret@api.example/v1"
      })
  void aKeyInItIsRefusedAndNotRepeated(String address) {
    assertThatThrownBy(() -> LargeLanguageModel.compatible(address, "m", 1.0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .hasMessageStartingWith("the address of an LLM ")
        .hasMessageNotContaining("secret");
  }

  @Test
  void saysWhereAKeyGoes() {
    assertThatThrownBy(
            () -> LargeLanguageModel.compatible("https://api.example/v1?key=x", "m", 1.0, 1))
        .hasMessageEndingWith(
            "a key goes into SELFPRUNER_LLM_API_KEY, or the provider's own variable, in the LLM worker's environment");
    assertThatThrownBy(() -> LargeLanguageModel.compatible("localhost:8000/v1", "m", 1.0, 1))
        .hasMessage("not an http(s) address: localhost:8000/v1");
  }
}
