package dev.selfpruner.gpu.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.selfpruner.gpu.bench.LayerBenchResult.Row;
import dev.selfpruner.gpu.bench.LayerBenchmark.Work;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.RopeScaling;
import dev.selfpruner.gpu.model.RotaryEmbedding;
import dev.selfpruner.gpu.reconstruct.GramSize;
import dev.selfpruner.gpu.safetensors.StorageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerBenchmarkTest {
  private static final LlamaConfig CONFIG =
      new LlamaConfig(
          64,
          100,
          8,
          1e-5,
          256,
          true,
          new RotaryEmbedding(10_000, new RopeScaling.None()),
          StorageType.F32,
          Collections.nCopies(3, LayerSize.grouped(8, 4, 160)));

  @TempDir private Path folder;
  private final List<String> progress = new ArrayList<>();

  @Test
  void measuresWhatASearchDoesWithALayer() throws IOException {
    LayerBenchResult result = run(EnumSet.allOf(Work.class), 0.3);

    assertThat(result.device()).isEqualTo("cpu()");
    assertThat(result.numericType()).isEqualTo("float32");
    assertThat(result.rows())
        .extracting(Row::what)
        .isEqualTo(progress)
        .containsExactly(
            "order of 160 neurons, 64 outputs",
            "order of 8 heads of 8",
            "Gram matrices over 3 windows of 64",
            "final fit at 30 % over 3 windows of 64");
    assertThat(result.rows())
        .allSatisfy(
            row -> {
              assertThat(row.fastest()).isPositive().isLessThanOrEqualTo(row.seconds());
              assertThat(row.slowest()).isGreaterThanOrEqualTo(row.seconds());
              assertThat(row.deviceHighWaterBytes()).isEmpty();
            });
    assertThat(result.rows().get(0).fileBytes()).isEmpty();
    long matrices = GramSize.ofLayer(CONFIG, 0);
    assertThat(result.rows().get(2).fileBytes().orElseThrow())
        .isBetween(matrices, matrices + 1_000);
    assertThat(result.rows().get(3).fileBytes().orElseThrow())
        .as("both projections of what stays, in float32")
        .isBetween(4L * 64 * 64, 4L * 64 * (64 + 160));
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void measuresWhatIsAskedForAndRefusesWhatALayerCantLose() throws IOException {
    assertThat(run(Set.of(Work.GRAM), 0.3).rows()).hasSize(1);
    assertThatThrownBy(() -> run(Set.of(Work.FIT), 0.9999))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no plan removes");
  }

  private LayerBenchResult run(Set<Work> works, double sparsity) throws IOException {
    return LayerBenchmark.run(
        CONFIG,
        ComputeOptions.of(Device.cpu()),
        new BenchSettings(64, 3, List.of(0.0, sparsity), 1, 0.5, 2),
        works,
        folder,
        progress::add);
  }
}
