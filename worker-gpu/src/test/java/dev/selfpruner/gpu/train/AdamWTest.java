package dev.selfpruner.gpu.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.torch.Torch;
import org.junit.jupiter.api.Test;

class AdamWTest {
  @Test
  void movesEachParameterByTheLearningRateAtFirstAndDecaysOnlyMatrices() {
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE)) {
      NDArray parameters = manager.create(new float[] {1f, 1f});
      AdamW optimiser = new AdamW(parameters, manager.create(new float[] {0.5f, 0f}));
      double norm = optimiser.update(manager.create(new float[] {3f, -4f}), 0.1, 1.0);
      assertThat(norm).isCloseTo(5.0, within(1e-6));
      assertThat(parameters.toFloatArray()[0]).isCloseTo(1f - 0.1f - 0.05f, within(1e-5f));
      assertThat(parameters.toFloatArray()[1]).isCloseTo(1f + 0.1f, within(1e-5f));
    }
  }
}
