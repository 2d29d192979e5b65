package dev.selfpruner.activities.search;

/**
 * A text and the windows of it that are run through the model. The text is tokenised once, cut into
 * windows of {@code sequenceLength} tokens that do not overlap, and the remainder is dropped.
 *
 * @param path file that the worker reads; {@code wiki.*.raw} is joined as WikiText is, any other
 *     text is taken as it is
 * @param sequenceLength tokens in a window, at least 2
 * @param firstWindow index of the first window used
 * @param windows windows used; {@link #ALL} for all that the text has
 * @param beginOfSequence whether the tokenizer's own post-processor may add its special tokens
 */
public record TextWindows(
    String path, int sequenceLength, int firstWindow, int windows, boolean beginOfSequence) {
  /** As many windows as there are. */
  public static final int ALL = Integer.MAX_VALUE;

  public TextWindows {
    if (path == null || path.isBlank()) {
      throw new IllegalArgumentException("a text has a path");
    }
    if (sequenceLength < 2) {
      throw new IllegalArgumentException(
          "a window has at least 2 tokens, one to predict from and one to predict: "
              + sequenceLength);
    }
    if (firstWindow < 0 || windows < 1) {
      throw new IllegalArgumentException(
          "not a range of windows: %d from %d".formatted(windows, firstWindow));
    }
  }

  /** Whether a token of one file is in both, as far as names tell that it is one file. */
  public boolean overlaps(TextWindows other) {
    return path.equals(other.path) && begin() < other.end() && other.begin() < end();
  }

  private long begin() {
    return (long) firstWindow * sequenceLength;
  }

  private long end() {
    return windows == ALL ? Long.MAX_VALUE : begin() + (long) windows * sequenceLength;
  }
}
