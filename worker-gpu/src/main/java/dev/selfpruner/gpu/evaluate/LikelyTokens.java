package dev.selfpruner.gpu.evaluate;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** A model's likeliest next tokens at the positions of a chunk, all but the last of each window. */
public final class LikelyTokens {
  private final int count;
  private final int[] tokens;
  private final float[] logProbabilities;

  /**
   * Takes both arrays, which nobody changes from then on.
   *
   * @param count how many a position
   * @param tokens their ids: {@code [positions * count]}
   * @param logProbabilities in nats: {@code [positions * count]}
   */
  LikelyTokens(int count, int[] tokens, float[] logProbabilities) {
    if (count < 1 || tokens.length % count != 0 || tokens.length != logProbabilities.length) {
      throw new IllegalArgumentException(
          "%d tokens and %d probabilities, %d a position"
              .formatted(tokens.length, logProbabilities.length, count));
    }
    this.count = count;
    this.tokens = tokens;
    this.logProbabilities = logProbabilities;
  }

  public int count() {
    return count;
  }

  public int positions() {
    return tokens.length / count;
  }

  /** Ids: {@code [positions * count]}, read-only. */
  public IntBuffer tokens() {
    return IntBuffer.wrap(tokens).asReadOnlyBuffer();
  }

  /** In nats: {@code [positions * count]}, read-only. */
  public FloatBuffer logProbabilities() {
    return FloatBuffer.wrap(logProbabilities).asReadOnlyBuffer();
  }
}
