package dev.selfpruner.gpu.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Pass;
import dev.selfpruner.gpu.llama.Decoder;
import java.util.List;

/**
 * Mean Kullback-Leibler divergence, in nats, of each window's predictions from the dense model's:
 * {@code [windows]}. The dense model's likeliest tokens are told apart, all others count as one, so
 * the sum is a lower bound that grows with their number, exact for a whole vocabulary.
 *
 * @param expected the dense model's predictions for each chunk of the run
 */
public record DivergencePass(List<LikelyTokens> expected) implements Pass<double[]> {
  public DivergencePass {
    expected = List.copyOf(expected);
  }

  @Override
  public double[] finish(
      Decoder decoder, NDManager manager, NDArray hidden, Chunk windows, int chunk) {
    LikelyTokens likely = expected.get(chunk);
    Shape shape = new Shape(likely.positions(), likely.count());
    NDArray tokens = manager.create(likely.tokens(), shape, DataType.INT32);
    NDArray probabilities = manager.create(likely.logProbabilities(), shape, DataType.FLOAT32);
    return PerplexityPass.means(
        decoder.divergences(manager, hidden, tokens, probabilities), windows);
  }
}
