package dev.selfpruner.gpu.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThatCode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tensor larger than any buffer, in a file with holes: it takes a few kilobytes of disk. */
class LargeTensorTest {
  private static final long ELEMENTS = (5L << 30) / 2 + 7;
  private static final long[] MARKED = {
    0, (1L << 29) - 1, 1L << 29, (1L << 30) + 3, (1L << 31) - 1, ELEMENTS - 1
  };

  @TempDir private Path directory;

  @Test
  void readsElementsBeyondTwoGibibytes() throws IOException {
    // A header of 3 bytes more than a multiple of 8 makes every element unaligned.
    String json =
        "{\"a\":{\"dtype\":\"F16\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(ELEMENTS, 2 * ELEMENTS);
    byte[] header = (json + " ".repeat(8 - json.length() % 8 + 3)).getBytes(UTF_8);
    Path file = directory.resolve("large.safetensors");
    assumeThatCode(() -> writeSparse(file, header))
        .as("a file system with sparse files")
        .doesNotThrowAnyException();

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      StoredTensor tensor = open.tensor("a");
      for (int i = 0; i < MARKED.length; i++) {
        FloatBuffer one = FloatBuffer.allocate(1);
        tensor.read(MARKED[i], one);
        assertThat(one.get(0)).as("element %,d", MARKED[i]).isEqualTo(i + 1);
      }
      FloatBuffer acrossPieces = FloatBuffer.allocate(4);
      tensor.read((1L << 29) - 2, acrossPieces);
      assertThat(acrossPieces.array()).containsExactly(0, 2, 3, 0);
      ByteBuffer raw = ByteBuffer.allocate(8);
      tensor.readRaw((1L << 29) - 2, 4, raw);
      assertThat(raw.array()).containsExactly(0, 0, 0, 0x40, 0, 0x42, 0, 0);
    }
  }

  private static void writeSparse(Path file, byte[] header) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE)) {
      ByteBuffer start = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(start.putLong(header.length).put(header).flip(), 0);
      for (int i = 0; i < MARKED.length; i++) {
        ByteBuffer element = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
        element.putShort(0, HalfPrecision.floatToFloat16(i + 1f));
        channel.write(element, 8 + header.length + 2 * MARKED[i]);
      }
    }
  }
}
