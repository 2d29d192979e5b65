package dev.selfpruner.gpu.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Token ids must be those of transformers, as the shared folder's reference has them. */
@EnabledIfEnvironmentVariable(
    named = "SELFPRUNER_SHARED",
    matches = ".+",
    disabledReason = "the shared folder is not here")
class ReferenceTokensTest {

  @ParameterizedTest
  @ValueSource(strings = {"test", "valid"})
  void agreesOnStories260k(String split) throws IOException {
    agrees("stories260k", shared().resolve("models/stories260k"), split);
  }

  @Test
  void addsTheTokenThatTheTokenizersPostProcessorAdds() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.open(shared().resolve("models/stories260k"))) {
      assertThat(tokenizer.specialTokens()).isEqualTo(TokenIds.of(1));
      int[] plain = tokenizer.encode("Once upon a time", false).toArray();
      int[] marked = tokenizer.encode("Once upon a time", true).toArray();
      assertThat(marked).startsWith(1).endsWith(plain).hasSize(plain.length + 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"test", "valid"})
  @EnabledIfEnvironmentVariable(
      named = "SELFPRUNER_SMOLLM2",
      matches = ".+",
      disabledReason = "SmolLM2 is not here")
  void agreesOnSmolLm2(String split) throws IOException {
    agrees("smollm2-135m", Path.of(System.getenv("SELFPRUNER_SMOLLM2")), split);
  }

  private static void agrees(String reference, Path model, String split) throws IOException {
    JsonNode expected =
        Json.mapper()
            .readTree(shared().resolve("reference/" + reference + ".json").toFile())
            .path("tokens")
            .path(split);
    TextFile text = TextFile.read(shared().resolve("data/wikitext2/wiki." + split + ".raw"));
    try (TextTokenizer tokenizer = TextTokenizer.open(model)) {
      TokenIds ids = tokenizer.encode(text.text(), false);

      assertThat(ids.count()).isEqualTo(expected.path("count").intValue());
      assertThat(Json.mapper().valueToTree(ids.range(0, 32)).equals(expected.path("first_32")))
          .isTrue();
      assertThat(ids.sha256()).isEqualTo(expected.path("sha256_of_int32_little_endian").asText());
    }
  }

  private static Path shared() {
    return Path.of(System.getenv("SELFPRUNER_SHARED"));
  }
}
