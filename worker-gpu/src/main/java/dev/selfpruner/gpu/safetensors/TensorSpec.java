package dev.selfpruner.gpu.safetensors;

import java.util.List;

/**
 * A tensor that is to be written.
 *
 * @param shape sizes of the dimensions, outermost first
 */
public record TensorSpec(String name, StorageType type, List<Long> shape) {
  public TensorSpec {
    shape = List.copyOf(shape);
    if (name.isEmpty() || name.equals(Header.METADATA)) {
      throw new IllegalArgumentException("not a tensor's name: '" + name + "'");
    }
    if (shape.stream().anyMatch(size -> size < 0)) {
      throw new IllegalArgumentException("negative size in the shape of " + name + ": " + shape);
    }
    Math.multiplyExact(Layout.elements(shape), (long) type.bytes());
  }

  public long elements() {
    return Layout.elements(shape);
  }

  public long bytes() {
    return elements() * type.bytes();
  }
}
