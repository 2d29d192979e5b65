package dev.selfpruner.gpu.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Names and shapes of the tensors that a LLaMA-family model of a given configuration has. */
public final class ModelTensors {
  /** {@code [vocabulary, hidden]}. */
  public static final String EMBEDDING = "model.embed_tokens.weight";

  /** {@code [hidden]}. */
  public static final String FINAL_NORM = "model.norm.weight";

  /** {@code [vocabulary, hidden]}; absent where the embedding is used in its place. */
  public static final String OUTPUT_HEAD = "lm_head.weight";

  private ModelTensors() {}

  /** Shapes by name, in the order in which the decoder reads them. */
  public static Map<String, List<Long>> shapes(LlamaConfig config) {
    List<Long> table = List.of((long) config.vocabularySize(), (long) config.hiddenSize());
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    shapes.put(EMBEDDING, table);
    for (int i = 0; i < config.layers().size(); i++) {
      for (LayerWeight weight : LayerWeight.values()) {
        shapes.put(weight.tensorName(i), weight.shape(config, config.layers().get(i)));
      }
    }
    shapes.put(FINAL_NORM, List.of((long) config.hiddenSize()));
    if (!config.tiedEmbeddings()) {
      shapes.put(OUTPUT_HEAD, table);
    }
    return Collections.unmodifiableMap(shapes);
  }

  /** Parameters of a model of this configuration, embedding and norms included. */
  public static long parameters(LlamaConfig config) {
    return shapes(config).values().stream()
        .mapToLong(shape -> shape.stream().reduce(1L, Math::multiplyExact))
        .sum();
  }
}
