package dev.selfpruner.gpu.model;

import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.safetensors.StorageType;
import java.nio.file.Path;
import java.util.List;

/**
 * What the decoder needs to know of a LLaMA-family model. Layers may differ in size: pruned models'
 * do.
 *
 * @param hiddenSize width of the residual stream
 * @param vocabularySize rows of the embedding
 * @param headSize width of one attention head, even
 * @param rmsNormEpsilon added to the mean square in every norm
 * @param contextLength tokens that the model was made for
 * @param tiedEmbeddings whether the output head is the embedding
 * @param storageType how the configuration says that the weights are stored (the files decide)
 * @param layers the decoder layers, in order
 */
public record LlamaConfig(
    int hiddenSize,
    int vocabularySize,
    int headSize,
    double rmsNormEpsilon,
    int contextLength,
    boolean tiedEmbeddings,
    RotaryEmbedding rotaryEmbedding,
    StorageType storageType,
    List<LayerSize> layers) {
  /** Bounds far above any model that exists, and far below what could exhaust memory. */
  static final int LARGEST_HIDDEN_SIZE = 1 << 17;

  static final int LARGEST_VOCABULARY = 1 << 22;
  static final int LARGEST_HEAD_SIZE = 1 << 12;
  static final int LARGEST_CONTEXT = 1 << 27;
  static final int MOST_LAYERS = 1 << 12;
  static final int MOST_HEADS = 1 << 12;
  static final int MOST_NEURONS = 1 << 20;
  static final long MOST_BYTES = 32L << 20;

  public LlamaConfig {
    layers = List.copyOf(layers);
    requireBetween("hidden size", hiddenSize, LARGEST_HIDDEN_SIZE);
    requireBetween("vocabulary size", vocabularySize, LARGEST_VOCABULARY);
    requireBetween("head size", headSize, LARGEST_HEAD_SIZE);
    requireBetween("context length", contextLength, LARGEST_CONTEXT);
    requireBetween("number of layers", layers.size(), MOST_LAYERS);
    if (headSize % 2 != 0) {
      throw new IllegalArgumentException(
          "rotary embedding turns pairs: the head size is even, not " + headSize);
    }
    if (!(rmsNormEpsilon > 0.0 && rmsNormEpsilon < 1.0)) {
      throw new IllegalArgumentException("norm epsilon out of (0, 1): " + rmsNormEpsilon);
    }
    for (LayerSize layer : layers) {
      requireBetween("number of query heads", layer.queryHeads(), MOST_HEADS);
      requireBetween("number of neurons", layer.neurons(), MOST_NEURONS);
    }
  }

  /**
   * Reads a {@code config.json}: LLaMA 1 to 3.1, Vicuna, SmolLM2 and their like, and pruned models
   * of ours. Keys that are missing take transformers' defaults.
   *
   * @throws ModelFormatException if the file isn't there, isn't a LLaMA-family configuration, or
   *     asks for something that the decoder doesn't compute; names the key and the remedy
   */
  public static LlamaConfig read(Path file) {
    return LlamaConfigReader.read(file);
  }

  /** Radians a position for each pair of a head's elements: {@code [headSize / 2]}. */
  public double[] inverseFrequencies() {
    return rotaryEmbedding.inverseFrequencies(headSize);
  }

  /** The same model with layers of other sizes. */
  public LlamaConfig withLayers(List<LayerSize> sizes) {
    return new LlamaConfig(
        hiddenSize,
        vocabularySize,
        headSize,
        rmsNormEpsilon,
        contextLength,
        tiedEmbeddings,
        rotaryEmbedding,
        storageType,
        sizes);
  }

  /**
   * Fails unless the embedding has a row for every token: an id out of range would bring a GPU
   * down.
   *
   * @param largest the largest id of a text
   * @throws IllegalArgumentException if there is no such row
   */
  public void requireTokens(int largest) {
    if (largest >= vocabularySize) {
      throw new IllegalArgumentException(
          "the text has the token id %d, the model knows ids below %d: use the model's own tokenizer"
              .formatted(largest, vocabularySize));
    }
  }

  private static void requireBetween(String what, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException("%s out of [1, %,d]: %,d".formatted(what, most, value));
    }
  }
}
