package dev.selfpruner.gpu.train;

/** A model that knows how often each token occurs, and nothing else. */
final class Unigram {
  private final long[] counts;
  private final double total;

  /** Every token counts once more than it was seen, so that none is impossible. */
  Unigram(long[] counts) {
    this.counts = counts.clone();
    long sum = counts.length;
    for (long count : counts) {
      sum += count;
    }
    this.total = sum;
  }

  /** Mean loss, in nats, of every token of the windows but each window's first. */
  double loss(long[] tokens, int windowLength) {
    double sum = 0;
    int predicted = 0;
    for (int i = 0; i < tokens.length; i++) {
      if (i % windowLength != 0) {
        sum -= Math.log((counts[(int) tokens[i]] + 1) / total);
        predicted++;
      }
    }
    return sum / predicted;
  }
}
