package dev.selfpruner.gpu.llama;

import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How a layer's weights lie in one vector on a device, so that a whole layer can take another's
 * place.
 */
final class LayerBlock {
  /** Where matrices begin: matrix products want them aligned. */
  private static final long ALIGNMENT = 256;

  private final Map<LayerWeight, Part> parts = new EnumMap<>(LayerWeight.class);
  private final long elements;

  /** Where a weight lies; a vector has no rows. */
  record Part(long start, long rows, long columns) {
    long elements() {
      return Math.max(1, rows) * columns;
    }
  }

  private LayerBlock(LlamaConfig config, LayerSize size) {
    long next = 0;
    for (LayerWeight weight : LayerWeight.MATRICES) {
      Part part = part(config, size, weight, next);
      parts.put(weight, part);
      next = (next + part.elements() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
    this.elements = next;
  }

  static LayerBlock of(LlamaConfig config, int layer) {
    return new LayerBlock(config, config.layers().get(layer));
  }

  private static Part part(LlamaConfig config, LayerSize size, LayerWeight weight, long start) {
    List<Long> shape = weight.shape(config, size);
    return switch (weight) {
      case INPUT_NORM, MLP_NORM ->
          throw new IllegalArgumentException("norms are multiplied into what reads them");
      case QUERY, KEY, VALUE, GATE, UP -> new Part(start, shape.get(0), shape.get(1));
      case ATTENTION_OUTPUT, DOWN -> new Part(start, shape.get(1), shape.get(0)); // transposed
    };
  }

  /** Numbers in the vector. */
  long elements() {
    return elements;
  }

  Part part(LayerWeight weight) {
    return parts.get(weight);
  }
}
