package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void splitsAtBlanksOutsideOfQuotes() {
    assertThat(Words.of("  --a 1\t--b=2 ")).containsExactly("--a", "1", "--b=2");
    assertThat(Words.of("--model 'a model' --text=\"it's one\""))
        .containsExactly("--model", "a model", "--text=it's one");
    assertThat(Words.of("--name ''")).containsExactly("--name", "");
    assertThat(Words.of(" ")).isEmpty();
  }

  @Test
  void wantsAnEndOfEveryQuote() {
    assertThatThrownBy(() -> Words.of("--model 'a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a quote (') has no end: --model 'a");
  }
}
