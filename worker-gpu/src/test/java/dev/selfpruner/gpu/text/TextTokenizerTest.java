package dev.selfpruner.gpu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.gpu.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTokenizerTest {
  @TempDir private Path directory;

  @Test
  void neitherTruncatesNorPadsWhateverTheFileAsksFor() throws IOException {
    Files.writeString(
        directory.resolve("tokenizer.json"),
        """
        {"version": "1.0",
         "truncation": {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0},
         "padding": {"strategy": {"Fixed": 6}, "direction": "Right", "pad_to_multiple_of": null,
                     "pad_id": 0, "pad_type_id": 0, "pad_token": "a"},
         "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
         "post_processor": null, "decoder": null,
         "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1, "?": 2}, "unk_token": "?"}}
        """);
    try (TextTokenizer tokenizer = TextTokenizer.open(directory)) {
      assertThat(tokenizer.encode("a b c b", true)).isEqualTo(TokenIds.of(0, 1, 2, 1));
      assertThat(tokenizer.encode("b", false)).isEqualTo(TokenIds.of(1));
      assertThat(tokenizer.specialTokens().count()).isZero();
    }
  }

  @Test
  void saysWhatIsWrongWithAFileThatIsNoTokenizer() throws IOException {
    assertThatThrownBy(() -> TextTokenizer.open(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("tokenizer.json: there is no such file");

    Files.writeString(directory.resolve("tokenizer.json"), "{}");
    assertThatThrownBy(() -> TextTokenizer.open(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("tokenizer.json: it is not a tokenizer");
  }
}
