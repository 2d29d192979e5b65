package dev.selfpruner.gpu.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.gpu.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoModelTrainerTest {
  private static final DemoTrainingOptions TINY = tiny(7, 60, 5e-3);

  @Test
  void learnsMoreThanWordFrequenciesInSixtySteps(@TempDir Path directory) throws IOException {
    List<Integer> steps = new ArrayList<>();
    DemoTrainingResult result =
        DemoModelTrainer.train(TINY, directory, progress -> steps.add(progress.step()));
    assertThat(result.heldOutPerplexity()).isLessThan(0.9 * result.unigramPerplexity());
    assertThat(steps).hasSize(60).startsWith(1).endsWith(60);
    try (ModelDirectory model = ModelDirectory.open(directory)) {
      assertThat(model.parameters()).isEqualTo(result.parameters());
      assertThat(model.config().layers()).hasSize(2);
    }
  }

  @Test
  void givesTheSameFilesForTheSameSeedAndOthersForAnother(@TempDir Path directory)
      throws IOException {
    Path first = directory.resolve("first");
    Path again = directory.resolve("again");
    Path other = directory.resolve("other");
    DemoModelTrainer.train(tiny(7, 5, 5e-3), first, progress -> {});
    DemoModelTrainer.train(tiny(7, 5, 5e-3), again, progress -> {});
    DemoModelTrainer.train(tiny(8, 5, 5e-3), other, progress -> {});
    for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      assertThat(again.resolve(file)).hasSameBinaryContentAs(first.resolve(file));
    }
    assertThat(
            Files.mismatch(first.resolve("model.safetensors"), other.resolve("model.safetensors")))
        .isNotEqualTo(-1);
  }

  @Test
  void saysWhenAStepWasTooLong(@TempDir Path directory) {
    assertThatThrownBy(() -> DemoModelTrainer.train(tiny(7, 40, 0.99), directory, progress -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("try a lower learning rate than 0.99");
  }

  private static DemoTrainingOptions tiny(long seed, int steps, double learningRate) {
    DemoArchitecture architecture = new DemoArchitecture(2, 32, 4, 2, 8, 64, 320);
    return new DemoTrainingOptions(
        architecture, seed, steps, 8, 64, learningRate, 0.1, 1.0, 0.2, 1);
  }
}
