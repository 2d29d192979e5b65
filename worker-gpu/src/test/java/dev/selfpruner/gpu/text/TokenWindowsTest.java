package dev.selfpruner.gpu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.search.TextWindows;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenWindowsTest {
  private static final TokenIds ELEVEN = TokenIds.of(IntStream.range(0, 11).toArray());

  @Test
  void cutsWindowsThatDoNotOverlapAndDropsTheRemainder() {
    TokenWindows windows = TokenWindows.cut(ELEVEN, wanted(3, 0, TextWindows.ALL));

    assertThat(windows.count()).isEqualTo(3);
    assertThat(windows.tokens()).isEqualTo(9);
    assertThat(windows.window(0)).containsExactly(0, 1, 2);
    assertThat(windows.window(2)).containsExactly(6, 7, 8);
    assertThatThrownBy(() -> windows.window(3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void beginsAtTheFirstWindowAskedFor() {
    TokenWindows one = TokenWindows.cut(ELEVEN, wanted(3, 1, 1));
    assertThat(one.count()).isEqualTo(1);
    assertThat(one.window(0)).containsExactly(3, 4, 5);

    TokenWindows rest = TokenWindows.cut(ELEVEN, wanted(3, 2, TextWindows.ALL));
    assertThat(rest.count()).isEqualTo(1);
    assertThat(rest.window(0)).containsExactly(6, 7, 8);
  }

  @Test
  void refusesWindowsBeyondTheText() {
    assertThatThrownBy(() -> TokenWindows.cut(ELEVEN, wanted(3, 1, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "text a.txt has 3 windows of 3 tokens, numbered from 0; windows 1 to 3 were asked for"
                + " - ask for fewer, or give a longer text");
    assertThatThrownBy(() -> TokenWindows.cut(ELEVEN, wanted(3, 3, TextWindows.ALL)))
        .hasMessageContaining("windows 3 to 3 were asked for");
    assertThatThrownBy(
            () -> TokenWindows.cut(ELEVEN, wanted(3, Integer.MAX_VALUE, Integer.MAX_VALUE - 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TokenWindows.cut(ELEVEN, wanted(12, 0, TextWindows.ALL)))
        .hasMessage(
            "text a.txt has 11 tokens, not one window of 12"
                + " - give a longer text or shorter windows");
  }

  @Test
  void idsAreNotChangedThroughTheirArrays() {
    int[] given = {1, 2, 3};
    TokenIds ids = TokenIds.of(given);
    given[0] = 9;
    ids.toArray()[1] = 9;
    ids.range(0, 3)[2] = 9;

    assertThat(ids).isEqualTo(TokenIds.of(1, 2, 3));
    assertThat(ids.largest()).isEqualTo(3);
    assertThat(ids.sha256())
        .isEqualTo("4636993d3e1da4e9d6b8f87b79e8f7c6d018580d52661950eabc3845c5897a4d");
  }

  private static TextWindows wanted(int sequenceLength, int first, int windows) {
    return new TextWindows("a.txt", sequenceLength, first, windows, false);
  }
}
