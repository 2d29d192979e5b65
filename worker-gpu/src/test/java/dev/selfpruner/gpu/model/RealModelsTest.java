package dev.selfpruner.gpu.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.gpu.safetensors.StorageType;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Models as their makers ship them. */
class RealModelsTest {

  @Test
  @EnabledIfEnvironmentVariable(
      named = "SELFPRUNER_SHARED",
      matches = ".+",
      disabledReason = "the shared folder is not here")
  void readsStories260k() {
    Path directory = Path.of(System.getenv("SELFPRUNER_SHARED"), "models", "stories260k");
    try (ModelDirectory model = ModelDirectory.open(directory)) {
      assertThat(model.config())
          .isEqualTo(
              new LlamaConfig(
                  64,
                  512,
                  8,
                  1e-5,
                  512,
                  true,
                  new RotaryEmbedding(10000.0, new RopeScaling.None()),
                  StorageType.F32,
                  Collections.nCopies(5, LayerSize.grouped(8, 4, 172))));
      assertThat(model.parameters()).isEqualTo(260_032);
      assertThat(model.outputHead()).isSameAs(model.embedding());
      FloatBuffer norm = FloatBuffer.allocate(64);
      model.finalNorm().read(0, norm);
      assertThat(norm.array()).doesNotContain(Float.NaN).isNotEqualTo(new float[64]);
    }
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = "SELFPRUNER_SMOLLM2",
      matches = ".+",
      disabledReason = "SmolLM2 is not here")
  void readsSmolLm2() {
    try (ModelDirectory model = ModelDirectory.open(Path.of(System.getenv("SELFPRUNER_SMOLLM2")))) {
      assertThat(model.config().layers())
          .isEqualTo(Collections.nCopies(30, LayerSize.grouped(9, 3, 1536)));
      assertThat(model.config().rotaryEmbedding().theta()).isEqualTo(100000.0);
      assertThat(model.parameters()).isEqualTo(134_515_008);
      assertThat(model.tensor(29, LayerWeight.DOWN).describe()).isEqualTo("576x1536 F16");
      FloatBuffer row = FloatBuffer.allocate(576);
      model.embedding().read(576L * 49151, row);
      for (float value : row.array()) {
        assertThat(value).isBetween(-10f, 10f);
      }
    }
  }
}
