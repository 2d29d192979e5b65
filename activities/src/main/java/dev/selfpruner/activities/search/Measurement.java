package dev.selfpruner.activities.search;

/**
 * A model's perplexity and size, as reports show them.
 *
 * @param perplexity lower is better; positive infinity where the loss is not a number
 * @param parameters parameters of the whole model, embedding and norms included
 * @param keptBlockShare share of the dense decoder blocks' parameters that is left, in (0, 1]
 */
public record Measurement(double perplexity, long parameters, double keptBlockShare) {
  public Measurement {
    if (!(perplexity >= 1.0)) {
      throw new IllegalArgumentException("a perplexity is at least 1: " + perplexity);
    }
    if (!(keptBlockShare > 0.0 && keptBlockShare <= 1.0)) {
      throw new IllegalArgumentException("kept share out of (0, 1]: " + keptBlockShare);
    }
  }
}
