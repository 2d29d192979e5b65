package dev.selfpruner.activities.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PartSizeTest {
  private static final long USUAL = 64L << 20;

  @ParameterizedTest
  @CsvSource({
    "0,             67108864", // nothing
    "671088640000,  67108864", // 10,000 usual parts to the byte
    "671088640001,  68157440", // one byte more: a mebibyte more in each
    "1099511627776, 110100480", // 1 TiB
    "5497558138880, 550502400", // 5 TiB
  })
  void growsWithTheFile(long bytes, long part) {
    assertThat(PartSize.of(bytes, USUAL)).isEqualTo(part);
  }

  @Test
  void fitsWhateverS3TakesIntoTheMostPartsThatItTakes() {
    for (long bytes = 1; bytes < PartSize.LARGEST_OBJECT; bytes += bytes / 7 + 1) {
      assertFits(bytes);
    }
    assertFits(PartSize.LARGEST_OBJECT);
  }

  private static void assertFits(long bytes) {
    long part = PartSize.of(bytes, USUAL);
    assertThat((bytes + part - 1) / part)
        .as("parts of %d bytes", bytes)
        .isLessThanOrEqualTo(10_000);
    assertThat(part).isBetween(5L << 20, 5L << 30);
  }

  @Test
  void refusesWhatIsTooLargeForAnObject() {
    assertThatThrownBy(() -> PartSize.of(PartSize.LARGEST_OBJECT + 1, USUAL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5,497,558,138,881 bytes");
  }
}
