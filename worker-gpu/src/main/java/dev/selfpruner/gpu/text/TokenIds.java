package dev.selfpruner.gpu.text;

import dev.selfpruner.activities.Digests;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/** A tokenised text. */
public final class TokenIds {
  private static final int CHUNK = 1 << 14;

  private final int[] ids;

  private TokenIds(int[] ids) {
    this.ids = ids;
  }

  public static TokenIds of(int... ids) {
    return new TokenIds(ids.clone());
  }

  /** Takes a tokenizer's ids, which are 32-bit numbers in 64. */
  static TokenIds of(long[] ids) {
    int[] narrow = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      narrow[i] = Math.toIntExact(ids[i]);
    }
    return new TokenIds(narrow);
  }

  public int count() {
    return ids.length;
  }

  /** A copy of the ids from {@code from} up to, but not including, {@code to}. */
  public int[] range(int from, int to) {
    if (from < 0 || to < from || to > ids.length) {
      throw new IndexOutOfBoundsException("tokens %d to %d of %d".formatted(from, to, ids.length));
    }
    return Arrays.copyOfRange(ids, from, to);
  }

  /** A copy of all ids. */
  public int[] toArray() {
    return ids.clone();
  }

  /** The largest id, which has to be a row of the model's embedding; -1 where there is none. */
  public int largest() {
    return Arrays.stream(ids).max().orElse(-1);
  }

  /** SHA-256 of the ids as 32-bit little-endian integers. */
  public String sha256() {
    MessageDigest digest = Digests.newSha256();
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int next = 0; next < ids.length; next += CHUNK) {
      buffer.clear();
      buffer.asIntBuffer().put(ids, next, Math.min(CHUNK, ids.length - next));
      digest.update(buffer.limit(Math.min(CHUNK, ids.length - next) * Integer.BYTES));
    }
    return Digests.hex(digest.digest());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenIds tokens && Arrays.equals(ids, tokens.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return ids.length > 32
        ? "%s and %,d more".formatted(Arrays.toString(range(0, 32)), ids.length - 32)
        : Arrays.toString(ids);
  }
}
