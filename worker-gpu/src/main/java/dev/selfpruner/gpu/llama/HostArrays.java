package dev.selfpruner.gpu.llama;

import static dev.selfpruner.gpu.torch.TorchArgument.tensor;
import static dev.selfpruner.gpu.torch.TorchArgument.whole;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.torch.TorchModule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Arrays on the host of any {@link NumericType} and size: DJL itself can't make all of them. */
final class HostArrays implements AutoCloseable {
  /** Elements that are filled at a time: one buffer holds at most 2 GiB, a tensor more. */
  private static final int PIECE = 1 << 24;

  private final TorchModule module = Decoder.hostModule();
  private final NDManager owner = Decoder.hostManager();
  private final NDArray like = owner.zeros(new Shape(1));

  /** Gives an array its elements. */
  @FunctionalInterface
  interface Source {
    /**
     * Fills the target with elements from {@code start} on.
     *
     * @param target as many as it has room for, in native order
     */
    void read(long start, int count, ByteBuffer target);
  }

  /** Elements that {@code source} gives as they are stored. */
  NDArray ofBytes(NDManager manager, List<Long> shape, NumericType type, Source source) {
    return filled(
        manager,
        shape,
        type,
        (flat, start, count, scratch) -> {
          NDArray piece = part(scratch, flat, start, 0, count);
          source.read(start, count, piece.toByteBuffer(true).order(ByteOrder.nativeOrder()));
        });
  }

  /** Elements that {@code source} gives as 32-bit numbers, converted. */
  NDArray ofFloats(NDManager manager, List<Long> shape, NumericType type, Source source) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect((int) Math.min(PIECE, elements(shape)) * Float.BYTES)
            .order(ByteOrder.nativeOrder());
    return filled(
        manager,
        shape,
        type,
        (flat, start, count, scratch) -> {
          source.read(start, count, bytes.clear().limit(count * Float.BYTES));
          NDArray piece = scratch.create(bytes.rewind(), new Shape(count), DataType.FLOAT32);
          module.call(scratch, "place", tensor(flat), tensor(piece), whole(start));
        });
  }

  /** Numbers of a standard normal distribution times {@code scale}. */
  NDArray random(NDManager manager, List<Long> shape, NumericType type, double scale) {
    return filled(
        manager,
        shape,
        type,
        (flat, start, count, scratch) -> {
          NDArray piece =
              scratch.randomNormal(0f, (float) scale, new Shape(count), DataType.FLOAT32);
          module.call(scratch, "place", tensor(flat), tensor(piece), whole(start));
        });
  }

  /** The array as one vector: a view. */
  NDArray flat(NDManager manager, NDArray array) {
    return module.call(manager, "flat", tensor(array)).singletonOrThrow();
  }

  /** The matrix, or the vector where {@code rows} is 0, that begins at {@code start}: a view. */
  NDArray part(NDManager manager, NDArray flat, long start, long rows, long columns) {
    return module
        .call(manager, "part", tensor(flat), whole(start), whole(rows), whole(columns))
        .singletonOrThrow();
  }

  /** A copy in another type. */
  NDArray cast(NDManager manager, NDArray array, NumericType type) {
    return module.call(manager, "cast", tensor(array), whole(type.torchCode())).singletonOrThrow();
  }

  /** A matrix with its columns multiplied by a vector. */
  NDArray scaledColumns(NDManager manager, NDArray matrix, NDArray scale) {
    return module.call(manager, "scale_columns", tensor(matrix), tensor(scale)).singletonOrThrow();
  }

  /** A matrix's blocks of {@code width} rows, or columns, in the order of {@code units}. */
  NDArray arranged(
      NDManager manager, String method, NDArray matrix, List<Integer> units, int width) {
    try (NDArray order = owner.create(units.stream().mapToLong(Integer::longValue).toArray())) {
      return module
          .call(manager, method, tensor(matrix), tensor(order), whole(width))
          .singletonOrThrow();
    }
  }

  @Override
  public void close() {
    owner.close();
    module.close();
  }

  private interface Filler {
    void fill(NDArray flat, long start, int count, NDManager scratch);
  }

  private NDArray filled(NDManager manager, List<Long> shape, NumericType type, Filler filler) {
    long elements = elements(shape);
    try (NDManager outer = owner.newSubManager()) {
      NDArray flat =
          module
              .call(outer, "room", tensor(like), whole(elements), whole(type.torchCode()))
              .singletonOrThrow();
      for (long start = 0; start < elements; start += PIECE) {
        try (NDManager scratch = outer.newSubManager()) {
          filler.fill(flat, start, (int) Math.min(PIECE, elements - start), scratch);
        }
      }
      long rows = shape.size() == 1 ? 0 : shape.get(0);
      return part(manager, flat, 0, rows, shape.get(shape.size() - 1));
    }
  }

  private static long elements(List<Long> shape) {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
