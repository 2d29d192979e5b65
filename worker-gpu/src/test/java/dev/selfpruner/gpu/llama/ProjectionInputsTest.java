package dev.selfpruner.gpu.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.TestModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A block in two steps: what its output projection reads, and the projection. */
class ProjectionInputsTest {
  private static final Shape HIDDEN = new Shape(2, 7, 16);

  @TempDir private Path folder;

  @Test
  void areWhatABlockAddsUpThroughItsProjection() throws IOException {
    try (ModelDirectory directory = ModelDirectory.open(TestModels.write(folder));
        LoadedModel model = LoadedModel.load(directory, Device.cpu(), NumericType.FLOAT32);
        NDManager manager = Decoder.hostManager()) {
      ModelPart part = model.parts().get(0);
      Decoder decoder = part.decoder();
      LayerWeights weights = part.layers().take(1);
      NDArray hidden = manager.create(random(), HIDDEN);

      NDArray heads = decoder.attentionInputs(manager, weights, hidden, 5);
      Observed attention = decoder.observedAttention(manager, weights, hidden, 5, false);

      assertThat(heads.getShape()).isEqualTo(new Shape(14, 20));
      requireSquares(heads, attention.inputSquares());
      assertThat(
              decoder
                  .project(manager, hidden, heads, weights.attentionOutput(), false)
                  .toFloatArray())
          .isEqualTo(attention.hidden().toFloatArray());

      NDArray neurons = decoder.mlpInputs(manager, weights, hidden, 7);
      Observed mlp = decoder.observedMlp(manager, weights, hidden, 7, false);

      // 10 neurons are fewer than 16: all columns are there, those of the last three are zero.
      assertThat(neurons.getShape()).isEqualTo(new Shape(14, 10));
      requireSquares(neurons, mlp.inputSquares());
      assertThat(mlp.inputSquares()).endsWith(0.0, 0.0, 0.0);
      assertThat(decoder.project(manager, hidden, neurons, weights.down(), true).toFloatArray())
          .isEqualTo(mlp.hidden().toFloatArray());
      assertThat(hidden.toFloatArray()).isEqualTo(mlp.hidden().toFloatArray());
    }
  }

  private static void requireSquares(NDArray rows, double[] expected) {
    float[] values = rows.toFloatArray();
    double[] squares = new double[expected.length];
    for (int i = 0; i < values.length; i++) {
      squares[i % squares.length] += (double) values[i] * values[i];
    }
    for (int i = 0; i < squares.length; i++) {
      assertThat(squares[i]).isCloseTo(expected[i], within(1e-5 * expected[i]));
    }
  }

  private static float[] random() {
    Random random = new Random(3);
    float[] values = new float[(int) HIDDEN.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
