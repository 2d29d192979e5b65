package dev.selfpruner.gpu.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.Json;
import dev.selfpruner.gpu.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoModelTrainerTest {
  private static final DemoTrainingOptions TINY = tiny(7, 100);

  @Test
  void learnsMoreThanWordFrequenciesInAHundredSteps(@TempDir Path directory) throws IOException {
    List<Integer> steps = new ArrayList<>();
    DemoTrainingResult result =
        DemoModelTrainer.train(TINY, directory, progress -> steps.add(progress.step()));
    assertThat(result.heldOutPerplexity()).isLessThan(0.9 * result.unigramPerplexity());
    assertThat(steps).hasSize(100).startsWith(1).endsWith(100);
    assertThat(Json.read(directory.resolve("training.json"), DemoTrainingResult.class))
        .isEqualTo(result);
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
    DemoModelTrainer.train(tiny(7, 5), first, progress -> {});
    DemoModelTrainer.train(tiny(7, 5), again, progress -> {});
    DemoModelTrainer.train(tiny(8, 5), other, progress -> {});
    for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      assertThat(again.resolve(file)).hasSameBinaryContentAs(first.resolve(file));
    }
    assertThat(
            Files.mismatch(first.resolve("model.safetensors"), other.resolve("model.safetensors")))
        .isNotEqualTo(-1);
  }

  private static DemoTrainingOptions tiny(long seed, int steps) {
    DemoArchitecture architecture = new DemoArchitecture(2, 32, 4, 2, 8, 64, 320);
    return new DemoTrainingOptions(architecture, seed, steps, 8, 64, 1e-2, 0.1, 1.0, 0.2, 1);
  }
}
