package dev.selfpruner.gpu.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Pass;
import dev.selfpruner.gpu.llama.Decoder;

/**
 * The likeliest next tokens at every position.
 *
 * @param count how many a position
 */
public record LikelyTokensPass(int count) implements Pass<LikelyTokens> {
  @Override
  public LikelyTokens finish(
      Decoder decoder, NDManager manager, NDArray hidden, Chunk windows, int chunk) {
    NDList likeliest = decoder.likeliest(manager, hidden, count);
    return new LikelyTokens(count, likeliest.get(0).toIntArray(), likeliest.get(1).toFloatArray());
  }
}
