package dev.selfpruner.gpu.train;

import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.RopeScaling;
import dev.selfpruner.gpu.model.RotaryEmbedding;
import dev.selfpruner.gpu.safetensors.StorageType;
import java.util.Collections;

/**
 * Sizes of the model to train: a LLaMA with tied embeddings, all layers alike.
 *
 * @param layers decoder layers
 * @param hiddenSize width of the residual stream
 * @param queryHeads query heads in a layer, a multiple of {@code keyValueHeads}
 * @param headSize width of one attention head
 * @param neurons intermediate neurons in a layer
 * @param vocabulary tokens, special ones included; the tokenizer is trained to this size
 */
public record DemoArchitecture(
    int layers,
    int hiddenSize,
    int queryHeads,
    int keyValueHeads,
    int headSize,
    int neurons,
    int vocabulary) {
  static final double NORM_EPSILON = 1e-5;
  static final double ROTARY_BASE = 10_000;

  public DemoArchitecture {
    if (layers < 1) {
      throw new IllegalArgumentException("a model has at least one layer, not " + layers);
    }
    if (vocabulary < 256 + TokenizerFiles.SPECIAL_TOKENS) {
      throw new IllegalArgumentException(
          "a byte-level vocabulary has at least %d tokens, not %d"
              .formatted(256 + TokenizerFiles.SPECIAL_TOKENS, vocabulary));
    }
  }

  /** What a reader of the finished model sees. */
  LlamaConfig config(int contextLength) {
    return new LlamaConfig(
        hiddenSize,
        vocabulary,
        headSize,
        NORM_EPSILON,
        contextLength,
        true,
        new RotaryEmbedding(ROTARY_BASE, new RopeScaling.None()),
        StorageType.F16,
        Collections.nCopies(layers, LayerSize.grouped(queryHeads, keyValueHeads, neurons)));
  }
}
