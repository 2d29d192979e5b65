package dev.selfpruner.gpu.engine;

import java.util.List;

/**
 * Windows that go through the model together: the shape of the matrix products, which a number
 * depends on in its last bits.
 *
 * @param firstWindow number of the first one in its text
 * @param windows token ids, all of one length; nobody changes them
 */
public record Chunk(int firstWindow, List<int[]> windows) {
  public Chunk {
    windows = List.copyOf(windows);
    if (firstWindow < 0 || windows.isEmpty()) {
      throw new IllegalArgumentException("a chunk has a first window and at least one");
    }
  }

  /** Where a chunk is in its text, whatever the tokens. */
  public record Span(int firstWindow, int windows) {}

  public Span span() {
    return new Span(firstWindow, windows.size());
  }

  public int sequenceLength() {
    return windows.get(0).length;
  }

  public int tokens() {
    return windows.size() * sequenceLength();
  }
}
