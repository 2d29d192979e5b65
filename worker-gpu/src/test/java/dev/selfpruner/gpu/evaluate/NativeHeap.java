package dev.selfpruner.gpu.evaluate;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Structure;

/**
 * What native code has allocated and not freed, as the C library counts it: the resident set counts
 * pages of Java's heap that are touched for the first time, too.
 */
final class NativeHeap {
  private NativeHeap() {}

  /** What {@code mallinfo2} of glibc 2.33 and later returns, over all of its arenas. */
  @Structure.FieldOrder({
    "arena",
    "ordblks",
    "smblks",
    "hblks",
    "hblkhd",
    "usmblks",
    "fsmblks",
    "uordblks",
    "fordblks",
    "keepcost"
  })
  public static final class Counts extends Structure implements Structure.ByValue {
    public long arena;
    public long ordblks;
    public long smblks;
    public long hblks;

    /** Bytes in blocks that have mappings of their own. */
    public long hblkhd;

    public long usmblks;
    public long fsmblks;

    /** Bytes in use of all other blocks. */
    public long uordblks;

    public long fordblks;
    public long keepcost;
  }

  static long bytesInUse() {
    Counts counts =
        (Counts)
            NativeLibrary.getInstance(Platform.C_LIBRARY_NAME)
                .getFunction("mallinfo2")
                .invoke(Counts.class, new Object[0]);
    return counts.uordblks + counts.hblkhd;
  }
}
