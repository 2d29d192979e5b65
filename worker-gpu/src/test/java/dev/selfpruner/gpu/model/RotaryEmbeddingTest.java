package dev.selfpruner.gpu.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RotaryEmbeddingTest {

  @Test
  void frequenciesFallGeometrically() {
    double[] frequencies =
        new RotaryEmbedding(10000.0, new RopeScaling.None()).inverseFrequencies(8);

    assertThat(frequencies).containsExactly(new double[] {1.0, 0.1, 0.01, 0.001}, within(1e-15));
  }

  @Test
  void linearScalingDividesThemAll() {
    assertThat(new RotaryEmbedding(10000.0, new RopeScaling.Linear(4.0)).inverseFrequencies(8))
        .containsExactly(new double[] {0.25, 0.025, 0.0025, 0.00025}, within(1e-15));
  }

  /** Expected values: transformers' piecewise formula, evaluated in Python in double precision. */
  @Test
  void llama31KeepsHighFrequenciesAndDividesLowOnes() {
    double[] frequencies =
        new RotaryEmbedding(500000.0, new RopeScaling.Llama3(8.0, 1.0, 4.0, 8192))
            .inverseFrequencies(128);

    assertThat(frequencies).hasSize(64);
    assertThat(frequencies[0]).isCloseTo(1.0, within(1e-15));
    assertThat(frequencies[10]).isCloseTo(0.12868737343265052, within(1e-15));
    assertThat(frequencies[28]).isCloseTo(0.003211445994752591, within(1e-15));
    assertThat(frequencies[29]).isCloseTo(0.002166570763503359, within(1e-15));
    assertThat(frequencies[30]).isCloseTo(0.0013718935677611381, within(1e-15));
    assertThat(frequencies[34]).isCloseTo(0.0001785078127679964, within(1e-15));
    assertThat(frequencies[35]).isCloseTo(9.556212353964683e-05, within(1e-15));
    assertThat(frequencies[36]).isCloseTo(7.78465527393245e-05, within(1e-15));
    assertThat(frequencies[63]).isCloseTo(3.068925988914511e-07, within(1e-15));
  }
}
