package dev.selfpruner.gpu.reconstruct;

import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LlamaConfig;

/**
 * Bytes of Gram matrices: at LLaMA-2-7B's sizes 0.55 GB a layer and 17.6 GB in all, at 70B's 3.6 GB
 * and 285 GB.
 */
public final class GramSize {
  private GramSize() {}

  /** One layer's two matrices. */
  public static long ofLayer(LlamaConfig config, int layer) {
    long neurons = config.layers().get(layer).neurons();
    return Float.BYTES * (square(attentionColumns(config, layer)) + square(neurons));
  }

  /** All layers' matrices: what a store takes. */
  public static long ofModel(LlamaConfig config) {
    long bytes = 0;
    for (int layer = 0; layer < config.layers().size(); layer++) {
      bytes += ofLayer(config, layer);
    }
    return bytes;
  }

  /**
   * What collecting takes on a device beside the model and its hidden states: the widest layer's
   * matrices, and the inputs of as many chunks as are computed at a time, in float32.
   */
  static long whileCollecting(LlamaConfig config, int tokensInChunk, int threads) {
    long widest = 0;
    for (int layer = 0; layer < config.layers().size(); layer++) {
      long columns =
          Math.max(attentionColumns(config, layer), config.layers().get(layer).neurons());
      long inputs = Float.BYTES * columns * tokensInChunk * (threads + 1L);
      widest = Math.max(widest, ofLayer(config, layer) + inputs);
    }
    return widest;
  }

  private static long attentionColumns(LlamaConfig config, int layer) {
    LayerSize size = config.layers().get(layer);
    return (long) size.queryHeads() * config.headSize();
  }

  private static long square(long n) {
    return n * n;
  }
}
