package dev.selfpruner.gpu.text;

import dev.selfpruner.activities.search.TextWindows;

/**
 * Windows of a tokenised text, all of one length; they don't overlap.
 *
 * @param ids the whole text
 * @param sequenceLength tokens in a window
 * @param firstToken where the first window begins in the text
 * @param count windows, at least 1
 */
public record TokenWindows(TokenIds ids, int sequenceLength, int firstToken, int count) {
  public TokenWindows {
    if (sequenceLength < 1
        || firstToken < 0
        || count < 1
        || firstToken + (long) count * sequenceLength > ids.count()) {
      throw new IllegalArgumentException(
          "%d tokens do not hold %d windows of %d from token %d"
              .formatted(ids.count(), count, sequenceLength, firstToken));
    }
  }

  /**
   * Cuts the windows that are asked for out of a text; what is left over at its end is dropped.
   *
   * @throws IllegalArgumentException if the text has not got them all
   */
  public static TokenWindows cut(TokenIds ids, TextWindows wanted) {
    int available = ids.count() / wanted.sequenceLength();
    if (available == 0) {
      throw new IllegalArgumentException(
          "text %s has %,d tokens, not one window of %,d - give a longer text or shorter windows"
              .formatted(wanted.path(), ids.count(), wanted.sequenceLength()));
    }
    boolean all = wanted.windows() == TextWindows.ALL;
    long end =
        all
            ? Math.max(available, wanted.firstWindow() + 1L)
            : (long) wanted.firstWindow() + wanted.windows();
    if (end > available) {
      throw new IllegalArgumentException(
          "text %s has %,d windows of %,d tokens, numbered from 0; windows %,d to %,d were asked for - ask for fewer, or give a longer text"
              .formatted(
                  wanted.path(),
                  available,
                  wanted.sequenceLength(),
                  wanted.firstWindow(),
                  end - 1));
    }
    return new TokenWindows(
        ids,
        wanted.sequenceLength(),
        Math.multiplyExact(wanted.firstWindow(), wanted.sequenceLength()),
        (int) (end - wanted.firstWindow()));
  }

  /** Token ids of a window: {@code [sequenceLength]}, a copy. */
  public int[] window(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException("window %d of %d".formatted(index, count));
    }
    int start = firstToken + index * sequenceLength;
    return ids.range(start, start + sequenceLength);
  }

  /** Tokens in all windows together. */
  public long tokens() {
    return (long) count * sequenceLength;
  }
}
