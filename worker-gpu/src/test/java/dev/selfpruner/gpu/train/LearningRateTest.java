package dev.selfpruner.gpu.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateTest {
  @Test
  void warmsUpAndFallsToATenth() {
    LearningRate rate = new LearningRate(1.0, 100);
    assertThat(rate.at(0)).isEqualTo(0.2);
    assertThat(rate.at(4)).isEqualTo(1.0);
    assertThat(rate.at(5)).isEqualTo(1.0);
    assertThat(rate.at(52)).isBetween(0.5, 0.6);
    assertThat(rate.at(99)).isCloseTo(0.1, within(0.001));
  }
}
