package dev.selfpruner.gpu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.text.TokenWindows;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunksTest {
  private static final int LENGTH = 4;
  private static final TokenIds TEXT = TokenIds.of(IntStream.range(0, 100).toArray());

  @Test
  void cutsATextAtTheSamePlacesWhateverRangeIsAskedFor() {
    assertThat(cut(0, 9)).containsExactly("0+3", "3+3", "6+3");
    assertThat(cut(0, 7)).containsExactly("0+3", "3+3", "6+1");
    assertThat(cut(4, 6)).containsExactly("4+2", "6+3", "9+1");
    assertThat(cut(5, 1)).containsExactly("5+1");
  }

  @Test
  void aChunkHasTheTokensOfItsWindows() {
    Chunk chunk = Chunks.of(new TokenWindows(TEXT, LENGTH, 4 * LENGTH, 6), 3).get(1);

    assertThat(chunk.windows()).hasSize(3);
    assertThat(chunk.windows().get(0)).containsExactly(24, 25, 26, 27);
    assertThat(chunk.tokens()).isEqualTo(12);
  }

  @Test
  void aChunkDependsOnTheLengthOfWindowsAndOnTheTypeAlone() {
    assertThat(Chunks.windowsPerChunk(512, NumericType.FLOAT32)).isEqualTo(2);
    assertThat(Chunks.windowsPerChunk(512, NumericType.FLOAT16)).isEqualTo(8);
    assertThat(Chunks.windowsPerChunk(8192, NumericType.BFLOAT16)).isEqualTo(1);
  }

  private static List<String> cut(int first, int count) {
    return Chunks.of(new TokenWindows(TEXT, LENGTH, first * LENGTH, count), 3).stream()
        .map(chunk -> chunk.firstWindow() + "+" + chunk.windows().size())
        .toList();
  }
}
