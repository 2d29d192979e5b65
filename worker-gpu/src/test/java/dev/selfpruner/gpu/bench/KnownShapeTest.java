package dev.selfpruner.gpu.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelTensors;
import dev.selfpruner.gpu.model.UnitOrder;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownShapeTest {
  /** Self-Pruner, table 7: billions of parameters that are left. */
  @ParameterizedTest
  @CsvSource({
    "LLAMA_2_7B, 0, 6.74",
    "LLAMA_2_7B, 0.2, 5.47",
    "LLAMA_2_7B, 0.3, 4.77",
    "LLAMA_2_7B, 0.4, 4.13",
    "LLAMA_2_7B, 0.5, 3.50",
    "LLAMA_2_70B, 0, 68.98",
    "LLAMA_2_70B, 0.2, 55.53",
    "LLAMA_2_70B, 0.3, 48.56",
    "LLAMA_2_70B, 0.4, 41.59",
    "LLAMA_2_70B, 0.5, 34.75"
  })
  void hasThePapersParametersAtEverySparsity(KnownShape shape, double sparsity, double billions) {
    LlamaConfig config = shape.config();
    PrunableModel model = UnitOrder.asStored(config).prunable(config);
    long removed =
        sparsity == 0
            ? 0
            : model.blockParameters() - model.parameters(new Budget(model, sparsity).uniform());

    assertThat((ModelTensors.parameters(config) - removed) / 1e9)
        .isCloseTo(billions, Percentage.withPercentage(1));
  }
}
