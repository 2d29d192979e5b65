package dev.selfpruner.gpu.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.gpu.ModelFormatException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HeaderFuzzTest {
  private static final int ROUNDS = 2_000;
  private static final byte[] TELLING =
      "0123456789-{}[]\",:.eF \u0000\u00ff".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

  @TempDir private Path directory;

  @Test
  @Timeout(60)
  void everyDamagedHeaderIsReadOrRefusedWithAMessage() throws IOException {
    byte[] valid = validFile();
    int headerEnd = 8 + valid[0] + 256 * valid[1];
    Random random = new Random(20_26);
    Path file = directory.resolve("damaged.safetensors");
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] damaged = damage(valid, headerEnd, random);
      Files.write(file, damaged);
      try (SafetensorsFile open = SafetensorsFile.open(file)) {
        for (String name : open.names()) {
          readWhole(open, name);
        }
      } catch (ModelFormatException e) {
        refused++;
        assertThat(e).hasMessageContaining(file.toString()).hasMessageContaining(" - ");
      }
    }
    // Most damage shows; what doesn't is in names, metadata and spaces.
    assertThat(refused).isBetween(ROUNDS / 2, ROUNDS - 1);
  }

  private static void readWhole(SafetensorsFile open, String name) {
    try {
      StoredTensor tensor = open.tensor(name);
      assertThat(tensor.elements()).isLessThanOrEqualTo(64);
      tensor.read(0, FloatBuffer.allocate((int) tensor.elements()));
    } catch (ModelFormatException e) {
      assertThat(e).hasMessageContaining("only F32, F16 and BF16 are read");
    }
  }

  private static byte[] damage(byte[] valid, int headerEnd, Random random) {
    byte[] damaged = valid.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      // One in ten hits the header's length.
      int at = random.nextInt(10) == 0 ? random.nextInt(8) : 8 + random.nextInt(headerEnd - 8);
      damaged[at] =
          random.nextBoolean()
              ? (byte) random.nextInt(256)
              : TELLING[random.nextInt(TELLING.length)];
    }
    return random.nextInt(10) == 0
        ? Arrays.copyOf(damaged, random.nextInt(damaged.length))
        : damaged;
  }

  private byte[] validFile() throws IOException {
    Path file = directory.resolve("valid.safetensors");
    List<TensorSpec> tensors =
        List.of(
            new TensorSpec("model.embed_tokens.weight", StorageType.F16, List.of(4L, 8L)),
            new TensorSpec("model.norm.weight", StorageType.F32, List.of(8L)),
            new TensorSpec("lm_head.weight", StorageType.BF16, List.of(4L, 8L)));
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(file, tensors, Map.of("note", "all is well"))) {
      for (TensorSpec tensor : tensors) {
        writer.append(tensor.name(), FloatBuffer.allocate((int) tensor.elements()));
      }
      writer.commit();
    }
    return Files.readAllBytes(file);
  }
}
