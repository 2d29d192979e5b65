package dev.selfpruner.gpu.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsWriterTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(StorageType.class)
  void givesBackWhatWasWritten(StorageType type) throws IOException {
    float[] values = new float[200_000];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = HalfPrecision.bfloat16ToFloat((short) (0x3c00 + random.nextInt(0x300)));
    }
    Path file = directory.resolve("a.safetensors");
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(
            file,
            List.of(
                new TensorSpec("first", StorageType.F16, List.of(3L)),
                new TensorSpec("empty", type, List.of(0L, 5L)),
                new TensorSpec("second", type, List.of(2L, 100_000L))),
            Map.of("made by", "a test"))) {
      writer.append("first", FloatBuffer.wrap(new float[] {1, 2, 3}));
      writer.append("second", FloatBuffer.wrap(values, 0, 70_000));
      writer.append("second", FloatBuffer.wrap(values, 70_000, 130_000));
      writer.commit();
    }

    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.names()).containsExactly("first", "empty", "second");
      assertThat(read.metadata()).isEqualTo(Map.of("format", "pt", "made by", "a test"));
      StoredTensor tensor = read.tensor("second");
      assertThat(tensor.type()).isEqualTo(type);
      assertThat(tensor.shape()).containsExactly(2L, 100_000L);
      FloatBuffer all = FloatBuffer.allocate(values.length);
      tensor.read(0, all);
      assertThat(all.array()).isEqualTo(values);

      FloatBuffer some = FloatBuffer.allocate(5);
      tensor.read(99_998, some);
      assertThat(some.array()).isEqualTo(java.util.Arrays.copyOfRange(values, 99_998, 100_003));
      assertThatThrownBy(() -> tensor.read(199_996, FloatBuffer.allocate(5)))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> tensor.read(-1, FloatBuffer.allocate(5)))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void copiesStoredBytesAsTheyAre() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort((short) 0x7e01).putShort((short) 0x3c00).putShort((short) 0x8000);
    bytes.putShort((short) 0xfc00).flip();
    Path file = directory.resolve("a.safetensors");
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(
            file, List.of(new TensorSpec("a", StorageType.F16, List.of(4L))), Map.of())) {
      writer.append("a", bytes.duplicate());
      writer.commit();
    }

    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      ByteBuffer target = ByteBuffer.allocate(6);
      read.tensor("a").readRaw(1, 3, target);
      assertThat(target.array()).isEqualTo(java.util.Arrays.copyOfRange(bytes.array(), 2, 8));
    }
  }

  @Test
  void leavesNothingWithoutCommit() throws IOException {
    Path file = Files.writeString(directory.resolve("a.safetensors"), "what was there");
    try (SafetensorsWriter writer = writer(file)) {
      writer.append("a", FloatBuffer.wrap(new float[] {1, 2}));
      assertThatThrownBy(writer::commit)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("tensor b has 0 of its 4 bytes");
    }

    assertThat(file).hasContent("what was there");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void holdsTensorsToTheirOrderAndSizes() throws IOException {
    try (SafetensorsWriter writer = writer(directory.resolve("a.safetensors"))) {
      assertThatThrownBy(() -> writer.append("b", FloatBuffer.allocate(1)))
          .hasMessage("it is not the turn of tensor b, but of a");
      assertThatThrownBy(() -> writer.append("a", FloatBuffer.allocate(3)))
          .hasMessage("tensor a has 8 bytes; 12 cannot follow the first 0");
      writer.append("a", FloatBuffer.allocate(2));
      writer.append("a", ByteBuffer.allocate(0));
      writer.append("b", FloatBuffer.allocate(1));
      assertThatThrownBy(() -> writer.append("a", FloatBuffer.allocate(1)))
          .hasMessage("it is not the turn of tensor a, but of none");
      writer.commit();
    }
  }

  @Test
  void refusesTwoTensorsOfOneName() {
    TensorSpec tensor = new TensorSpec("a", StorageType.F32, List.of(1L));

    assertThatThrownBy(
            () ->
                SafetensorsWriter.create(directory.resolve("x"), List.of(tensor, tensor), Map.of()))
        .hasMessage("two tensors have the name a");
    assertThat(directory).isEmptyDirectory();
  }

  private static SafetensorsWriter writer(Path file) throws IOException {
    return SafetensorsWriter.create(
        file,
        List.of(
            new TensorSpec("a", StorageType.F32, List.of(2L)),
            new TensorSpec("b", StorageType.F32, List.of(1L))),
        Map.of());
  }
}
