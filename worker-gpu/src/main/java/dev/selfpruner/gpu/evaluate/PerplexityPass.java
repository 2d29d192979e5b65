package dev.selfpruner.gpu.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Pass;
import dev.selfpruner.gpu.llama.Decoder;
import java.util.Arrays;

/**
 * Mean negative log likelihood, in nats, of each window's tokens but the first: {@code [windows]}.
 */
public record PerplexityPass() implements Pass<double[]> {
  @Override
  public double[] finish(
      Decoder decoder, NDManager manager, NDArray hidden, Chunk windows, int chunk) {
    NDArray tokens = decoder.tokens(manager, windows.windows());
    return means(decoder.losses(manager, hidden, tokens), windows);
  }

  /** Sums over each window's predictions, as means. */
  static double[] means(NDArray sums, Chunk windows) {
    int predictions = windows.sequenceLength() - 1;
    return Arrays.stream(sums.toDoubleArray()).map(sum -> sum / predictions).toArray();
  }
}
