package dev.selfpruner.activities.artifact;

/** How large the parts of an upload are: S3 takes at most 10,000 of them, of 5 MiB to 5 GiB. */
final class PartSize {
  static final int MOST_PARTS = 10_000;

  /** 5 TiB. */
  static final long LARGEST_OBJECT = 5L << 40;

  private static final long MEBIBYTE = 1L << 20;

  private PartSize() {}

  /**
   * Bytes of all parts but the last. It depends on nothing else, so that an attempt which goes on
   * with an earlier one's upload cuts the file where that did.
   *
   * @param bytes length of the file
   * @param usual size of the parts of files that it is enough for
   * @throws IllegalArgumentException if no size is enough
   */
  static long of(long bytes, long usual) {
    if (bytes > LARGEST_OBJECT) {
      throw new IllegalArgumentException(
          "%,d bytes are more than S3 takes as one object, which is %,d: keep it in several files"
              .formatted(bytes, LARGEST_OBJECT));
    }
    long least = roundedUp(bytes, MOST_PARTS);
    return Math.max(usual, roundedUp(least, MEBIBYTE) * MEBIBYTE);
  }

  private static long roundedUp(long value, long divisor) {
    return (value + divisor - 1) / divisor;
  }
}
