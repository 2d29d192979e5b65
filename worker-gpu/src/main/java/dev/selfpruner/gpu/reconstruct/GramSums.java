package dev.selfpruner.gpu.reconstruct;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A Gram matrix that grows chunk by chunk. Chunks may come from several threads in any order; every
 * element is a sum in the order of the chunks, so that threads decide about no bit. Nobody waits
 * for anybody: a chunk that comes too early is left, and whoever closes the gap adds it too. Rows
 * are divided into panels that threads work on side by side.
 */
final class GramSums {
  private static final int PANELS = 16;
  private static final int NARROWEST = 64;

  private final GramMatrices matrices;
  private final NDManager owner;
  private final NDArray sums;
  private final int columns;
  private final int chunks;
  private final int width;

  /** For each panel, the chunk that comes next. */
  private final int[] next;

  private final boolean[] busy;
  private final Map<Integer, NDArray> waiting = new HashMap<>();

  /**
   * Sums over so many chunks.
   *
   * @param owner of the sums, which closes them
   * @param sums {@code [n, n]}, of the first {@code added} chunks; zeros where it is none
   */
  GramSums(GramMatrices matrices, NDManager owner, NDArray sums, int added, int chunks) {
    this.matrices = matrices;
    this.owner = owner;
    this.sums = sums;
    this.columns = Math.toIntExact(sums.getShape().get(0));
    this.chunks = chunks;
    this.width = panelWidth(columns);
    this.next = new int[(columns + width - 1) / width];
    this.busy = new boolean[next.length];
    Arrays.fill(next, added);
  }

  /** A sixteenth of the rows, and a multiple of 16, as products are fastest in. */
  private static int panelWidth(int columns) {
    int sixteenth = (columns + PANELS - 1) / PANELS;
    return Math.max(NARROWEST, (sixteenth + 15) / 16 * 16);
  }

  /**
   * Adds a chunk.
   *
   * @param x {@code [tokens, n]}, which stays the caller's
   * @return whether all chunks are in the sums now; true once
   */
  boolean add(int chunk, NDArray x) {
    NDArray wide = matrices.widen(owner, x);
    synchronized (this) {
      waiting.put(chunk, wide);
    }
    boolean complete = false;
    for (OptionalInt panel = take(); panel.isPresent(); panel = take()) {
      int first = panel.getAsInt() * width;
      try (NDManager scratch = owner.newSubManager()) {
        matrices.add(scratch, sums, next(panel), first, Math.min(columns, first + width));
      }
      complete |= added(panel.getAsInt());
    }
    return complete;
  }

  /** A panel that nobody works on and whose next chunk is there, if there is one. */
  private synchronized OptionalInt take() {
    for (int panel = 0; panel < next.length; panel++) {
      if (!busy[panel] && waiting.containsKey(next[panel])) {
        busy[panel] = true;
        return OptionalInt.of(panel);
      }
    }
    return OptionalInt.empty();
  }

  private synchronized NDArray next(OptionalInt panel) {
    return waiting.get(next[panel.getAsInt()]);
  }

  private synchronized boolean added(int panel) {
    busy[panel] = false;
    int chunk = next[panel]++;
    if (chunksInAll() > chunk) {
      waiting.remove(chunk).close();
      return chunk == chunks - 1;
    }
    return false;
  }

  /** Chunks that are in the whole matrix. */
  synchronized int chunksInAll() {
    return Arrays.stream(next).min().orElseThrow();
  }

  /** The panels as they are, {@code [n, n]}: elements above them are zero. */
  NDArray panels() {
    return sums;
  }

  /** Completes the matrix, {@code [n, n]}; once, at the end. */
  NDArray mirrored() {
    try (NDManager scratch = owner.newSubManager()) {
      matrices.mirror(scratch, sums, width);
    }
    return sums;
  }
}
