package dev.selfpruner.gpu.evaluate;

import java.util.List;

/**
 * Losses of a model on windows of a text.
 *
 * @param nllPerWindow mean negative log likelihood, in nats, of the tokens of each window but its
 *     first; not finite where the model's output is not
 * @param tokens tokens read, those included that have nothing before them
 */
public record WindowLosses(List<Double> nllPerWindow, long tokens) {
  public WindowLosses {
    nllPerWindow = List.copyOf(nllPerWindow);
    if (nllPerWindow.isEmpty() || tokens < 2L * nllPerWindow.size()) {
      throw new IllegalArgumentException(
          "%d tokens in %d windows".formatted(tokens, nllPerWindow.size()));
    }
  }

  /** Mean over all predicted tokens, in nats; windows have one length, so over windows too. */
  public double meanNll() {
    return nllPerWindow.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /** Exponential of the mean loss; positive infinity where that is no number. */
  public double perplexity() {
    double perplexity = Math.exp(meanNll());
    return Double.isNaN(perplexity) ? Double.POSITIVE_INFINITY : perplexity;
  }
}
