package dev.selfpruner.gpu.activity;

import java.util.List;

/**
 * A finished evaluation: the content of its artifact.
 *
 * @param key what it is the evaluation of
 * @param nllPerWindow mean negative log-likelihood (natural logarithm) of each window's predicted
 *     tokens
 * @param seconds how long it took
 */
record Evaluation(EvaluationKey key, List<Double> nllPerWindow, double seconds) {
  Evaluation {
    nllPerWindow = List.copyOf(nllPerWindow);
    if (nllPerWindow.size() != key.windows()) {
      throw new IllegalArgumentException(
          "%d losses for %d windows".formatted(nllPerWindow.size(), key.windows()));
    }
  }

  /** exp of the mean loss; positive infinity where a loss is not a number or too large. */
  double perplexity() {
    double mean = nllPerWindow.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double perplexity = Math.exp(mean);
    return Double.isNaN(perplexity) ? Double.POSITIVE_INFINITY : perplexity;
  }
}
