package dev.selfpruner.gpu.activity;

import java.util.List;

/**
 * Chunks of windows that were measured together: the content of an artifact.
 *
 * @param key what they are measurements of
 * @param chunks in the order of the text
 * @param seconds how long the batch took that they were measured in
 * @param candidates plans in that batch
 */
record EvaluationPart(EvaluationKey key, List<ChunkLosses> chunks, double seconds, int candidates) {
  EvaluationPart {
    chunks = List.copyOf(chunks);
    if (chunks.isEmpty()) {
      throw new IllegalArgumentException("a part of an evaluation has chunks");
    }
  }

  /**
   * Losses of the windows of a chunk.
   *
   * @param firstWindow its first window
   * @param nllPerWindow mean of the objective over each window's predictions, in nats; not finite
   *     where the model's output isn't
   */
  record ChunkLosses(int firstWindow, List<Double> nllPerWindow) {
    ChunkLosses {
      nllPerWindow = List.copyOf(nllPerWindow);
    }
  }
}
