package dev.selfpruner.gpu.reconstruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.torch.Torch;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GramFileTest {
  /** Its square is a little more than is copied at a time. */
  private static final int LARGE = 4100;

  @TempDir private Path folder;

  private final NDManager manager = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE);

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void matricesComeBackInPieces() throws IOException {
    Path file = folder.resolve("gram.safetensors");
    NDArray attention = manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
    NDArray mlp =
        manager.arange(0f, (float) LARGE * LARGE, 1f, DataType.FLOAT32).reshape(LARGE, LARGE);

    GramFile.write(file, attention, mlp);

    NDArray small = GramFile.read(manager, file, GramFile.ATTENTION);
    assertThat(small.getShape()).isEqualTo(new Shape(2, 2));
    assertThat(small.toFloatArray()).containsExactly(1, 2, 3, 4);
    NDArray large = GramFile.read(manager, file, GramFile.MLP);
    assertThat(large.getShape()).isEqualTo(new Shape(LARGE, LARGE));
    assertThat(large.toFloatArray()).isEqualTo(mlp.toFloatArray());
    large.addi(1); // it is the caller's
    assertThat(GramFile.read(manager, file, GramFile.MLP).toFloatArray())
        .isEqualTo(mlp.toFloatArray());
  }

  @Test
  void anotherFileIsRefused() throws IOException {
    Path file = folder.resolve("other.safetensors");
    GramFile.write(file, manager.ones(new Shape(2, 3)), manager.ones(new Shape(2, 2)));

    assertThatThrownBy(() -> GramFile.read(manager, file, GramFile.ATTENTION))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("2x3 F32")
        .hasMessageContaining("square");
    assertThatThrownBy(() -> GramFile.read(manager, file, "absent"))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("no such tensor");
  }
}
