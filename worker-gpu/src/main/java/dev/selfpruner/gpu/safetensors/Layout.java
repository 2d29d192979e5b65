package dev.selfpruner.gpu.safetensors;

import dev.selfpruner.gpu.ModelFormatException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Where a header says that a tensor lies.
 *
 * @param dtype the format's name for the element type, which may be one that we don't compute with
 * @param begin first byte, counted from the end of the header
 * @param end the byte after the last
 */
record Layout(String name, String dtype, List<Long> shape, long begin, long end) {

  /** Checks that the tensors fill the data exactly: in range, no overlap, no gap. */
  static void requireContiguous(Collection<Layout> layouts, Path file, long dataBytes) {
    List<Layout> ordered =
        layouts.stream()
            .sorted(Comparator.comparingLong(Layout::begin).thenComparingLong(Layout::end))
            .toList();
    for (Layout layout : ordered) {
      layout.requireLength(file);
      if (layout.end > dataBytes) {
        throw layout.error(
            file,
            "header says %s, file ends %,d bytes early"
                .formatted(layout.describe(), layout.end - dataBytes),
            "download it again");
      }
    }
    long reached = 0;
    String previous = "the header";
    for (Layout layout : ordered) {
      if (layout.begin != reached) {
        String relation =
            layout.begin < reached
                ? "overlaps %s by %,d bytes".formatted(previous, reached - layout.begin)
                : "begins %,d bytes after the end of %s"
                    .formatted(layout.begin - reached, previous);
        throw layout.error(file, relation, "the file is damaged, download or convert it again");
      }
      reached = layout.end;
      previous = layout.name;
    }
    if (reached != dataBytes) {
      throw new ModelFormatException(
          file,
          "%,d bytes follow the last tensor, %s".formatted(dataBytes - reached, previous),
          "the file is damaged, download or convert it again");
    }
  }

  private void requireLength(Path file) {
    long bytes;
    try {
      bytes = Math.multiplyExact(elements(shape), (long) ElementSizes.bytes(dtype));
    } catch (ArithmeticException e) {
      throw error(
          file,
          "its shape %s is larger than any file".formatted(describeShape(shape)),
          "the file is damaged, download or convert it again");
    }
    if (begin > end || bytes != end - begin) {
      throw error(
          file,
          "header says %s, which is %,d bytes, but places it at bytes %,d to %,d"
              .formatted(describe(), bytes, begin, end),
          "the file is damaged, download or convert it again");
    }
  }

  /**
   * @throws ArithmeticException if there are more than a long counts
   */
  static long elements(List<Long> shape) {
    // A zero anywhere makes the product zero, however large the other sizes are.
    if (shape.contains(0L)) {
      return 0;
    }
    long product = 1;
    for (long size : shape) {
      product = Math.multiplyExact(product, size);
    }
    return product;
  }

  static String describeShape(List<Long> shape) {
    return shape.isEmpty()
        ? "scalar"
        : String.join("x", shape.stream().map(String::valueOf).toList());
  }

  String describe() {
    return describeShape(shape) + " " + dtype;
  }

  ModelFormatException error(Path file, String problem, String remedy) {
    return new ModelFormatException("tensor " + name, file, problem, remedy);
  }
}
