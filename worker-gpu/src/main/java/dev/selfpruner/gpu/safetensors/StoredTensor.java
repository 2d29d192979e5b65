package dev.selfpruner.gpu.safetensors;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.List;

/**
 * A tensor in a file, read by ranges of its elements in row-major order; it may be larger than any
 * buffer. Usable by several threads, until its {@link SafetensorsFile} is closed.
 */
public final class StoredTensor {
  /** Elements widened at a time: both buffers stay in the first-level cache. */
  private static final int CHUNK = 4096;

  private final String name;
  private final StorageType type;
  private final List<Long> shape;
  private final long elements;
  private final MappedRegion region;

  StoredTensor(String name, StorageType type, List<Long> shape, MappedRegion region) {
    this.name = name;
    this.type = type;
    this.shape = List.copyOf(shape);
    this.elements = Layout.elements(shape);
    this.region = region;
  }

  public String name() {
    return name;
  }

  public StorageType type() {
    return type;
  }

  /** Sizes of the dimensions, outermost first. */
  public List<Long> shape() {
    return shape;
  }

  public long elements() {
    return elements;
  }

  /**
   * Fills {@code target}, from its position to its limit, with elements from {@code firstElement}
   * on, widened to float whatever they are stored as.
   *
   * @throws IndexOutOfBoundsException if the tensor ends before the target is full
   */
  public void read(long firstElement, FloatBuffer target) {
    requireRange(firstElement, target.remaining());
    long next = firstElement;
    while (target.hasRemaining()) {
      ByteBuffer bytes = region.from(next * type.bytes(), (long) target.remaining() * type.bytes());
      next += bytes.remaining() / type.bytes();
      switch (type) {
        case F32 -> target.put(bytes.asFloatBuffer());
        case F16, BF16 -> widen(bytes.asShortBuffer(), target);
      }
    }
  }

  /**
   * Puts {@code elements} elements from {@code firstElement} on into {@code target} as they are
   * stored, little endian.
   *
   * @throws IndexOutOfBoundsException if the tensor ends before that
   * @throws java.nio.BufferOverflowException if the target has no room
   */
  public void readRaw(long firstElement, int elements, ByteBuffer target) {
    requireRange(firstElement, elements);
    long next = firstElement * type.bytes();
    long end = next + (long) elements * type.bytes();
    while (next < end) {
      ByteBuffer bytes = region.from(next, end - next);
      next += bytes.remaining();
      target.put(bytes);
    }
  }

  /**
   * The whole tensor as the file's own pages, little endian; they stay mapped as long as the buffer
   * is in use.
   *
   * @throws IllegalStateException if it is larger than a buffer can be
   */
  public ByteBuffer map() {
    return region.whole();
  }

  /** The shape and type as errors show them: {@code 4096x11008 F16}. */
  public String describe() {
    return Layout.describeShape(shape) + " " + type;
  }

  private void widen(ShortBuffer source, FloatBuffer target) {
    short[] narrow = new short[Math.min(CHUNK, source.remaining())];
    float[] wide = new float[narrow.length];
    while (source.hasRemaining()) {
      int count = Math.min(CHUNK, source.remaining());
      source.get(narrow, 0, count);
      if (type == StorageType.F16) {
        for (int i = 0; i < count; i++) {
          wide[i] = HalfPrecision.float16ToFloat(narrow[i]);
        }
      } else {
        for (int i = 0; i < count; i++) {
          wide[i] = HalfPrecision.bfloat16ToFloat(narrow[i]);
        }
      }
      target.put(wide, 0, count);
    }
  }

  private void requireRange(long firstElement, int count) {
    if (firstElement < 0 || count < 0 || firstElement > elements - count) {
      throw new IndexOutOfBoundsException(
          "%,d elements from %,d of tensor %s, which has %,d"
              .formatted(count, firstElement, name, elements));
    }
  }
}
