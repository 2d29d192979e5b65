package dev.selfpruner.gpu.train;

import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelTensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * All parameters of a model in one vector, in the order of {@link ModelTensors#shapes}: the
 * optimiser then works on one array, and the gradient is one array too.
 */
final class ParameterLayout {
  /** One tensor's place: {@code [offset, offset + elements)} of the vector. */
  record Slot(String name, List<Long> shape, int offset, int elements) {
    boolean isMatrix() {
      return shape.size() > 1;
    }

    long[] dimensions() {
      return shape.stream().mapToLong(Long::longValue).toArray();
    }
  }

  static final int WEIGHTS_OF_A_LAYER = LayerWeight.values().length;

  private static final double EMBEDDING_DEVIATION = 0.02;

  private final List<Slot> slots = new ArrayList<>();
  private final int elements;

  ParameterLayout(LlamaConfig config) {
    int offset = 0;
    for (var entry : ModelTensors.shapes(config).entrySet()) {
      int size = Math.toIntExact(entry.getValue().stream().reduce(1L, Math::multiplyExact));
      slots.add(new Slot(entry.getKey(), entry.getValue(), offset, size));
      offset = Math.addExact(offset, size);
    }
    this.elements = offset;
  }

  List<Slot> slots() {
    return slots;
  }

  int elements() {
    return elements;
  }

  /**
   * Norms are one and matrices are normal, but those that write to the residual stream are zero:
   * every layer begins as the identity, so that tokens are seen clearly through all of them (Zhang,
   * Dauphin and Ma 2019, Fixup).
   */
  float[] initial(long seed) {
    Random random = new Random(seed);
    float[] values = new float[elements];
    for (Slot slot : slots) {
      if (!slot.isMatrix()) {
        Arrays.fill(values, slot.offset(), slot.offset() + slot.elements(), 1f);
        continue;
      }
      double deviation = deviation(slot);
      for (int i = 0; i < slot.elements(); i++) {
        values[slot.offset() + i] = (float) (random.nextGaussian() * deviation);
      }
    }
    return values;
  }

  /** 1 for each element of a matrix and 0 for each of a norm, which isn't decayed. */
  float[] decayed() {
    float[] mask = new float[elements];
    for (Slot slot : slots) {
      if (slot.isMatrix()) {
        Arrays.fill(mask, slot.offset(), slot.offset() + slot.elements(), 1f);
      }
    }
    return mask;
  }

  private static double deviation(Slot slot) {
    if (slot.name().equals(ModelTensors.EMBEDDING)) {
      return EMBEDDING_DEVIATION;
    }
    if (slot.name().endsWith(suffix(LayerWeight.ATTENTION_OUTPUT))
        || slot.name().endsWith(suffix(LayerWeight.DOWN))) {
      return 0.0;
    }
    return 1.0 / Math.sqrt(slot.shape().get(1));
  }

  private static String suffix(LayerWeight weight) {
    String first = weight.tensorName(0);
    return first.substring(first.indexOf(".0.") + 2);
  }
}
