package dev.selfpruner.gpu.bench;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import org.junit.jupiter.api.Test;

class OrderBenchmarkTest {
  @Test
  void measuresAnOrderOfRandomMatrices() {
    double neurons = OrderBenchmark.neurons(Device.cpu(), 300, 100);
    double heads = OrderBenchmark.heads(Device.cpu(), 6, 16, 100);
    System.err.println(
        +neurons
            + " "
            + heads
            + " "
            + OrderBenchmark.neurons(Device.cpu(), 1536, 576)
            + " "
            + OrderBenchmark.heads(Device.cpu(), 9, 64, 576));

    assertThat(neurons).isPositive();
    assertThat(heads).isPositive();
  }
}
