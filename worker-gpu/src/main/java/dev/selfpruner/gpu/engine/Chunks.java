package dev.selfpruner.gpu.engine;

import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.text.TokenWindows;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Cuts windows into chunks, always at the same places of a text. */
public final class Chunks {
  private static final int CPU_TOKENS = 1024;

  /** Enough for a GPU's matrix products; more only takes memory. */
  private static final int DEVICE_TOKENS = 4096;

  private Chunks() {}

  /**
   * Windows in a chunk, unless a caller sets it: it depends on the length of the windows and on
   * what computes, and never on memory, threads or batches.
   */
  public static int windowsPerChunk(int sequenceLength, NumericType type) {
    int tokens = type == NumericType.FLOAT32 ? CPU_TOKENS : DEVICE_TOKENS;
    return Math.max(1, tokens / sequenceLength);
  }

  /**
   * Chunks of consecutive windows; borders are at multiples of {@code windowsPerChunk} of the
   * text's own numbering, so that windows of another range have the same neighbours.
   */
  public static List<Chunk> of(TokenWindows windows, int windowsPerChunk) {
    int first = windows.firstToken() / windows.sequenceLength();
    List<Chunk> chunks = new ArrayList<>();
    int next = 0;
    while (next < windows.count()) {
      int end =
          Math.min(windows.count(), next + windowsPerChunk - (first + next) % windowsPerChunk);
      chunks.add(
          new Chunk(first + next, IntStream.range(next, end).mapToObj(windows::window).toList()));
      next = end;
    }
    return chunks;
  }
}
