package dev.selfpruner.activities.search;

/**
 * A candidate's measured fitness.
 *
 * @param candidateId the candidate
 * @param perplexity exponential of the objective's mean, lower is better: the perplexity, or that
 *     of a divergence, which is 1 for the dense model; positive infinity where the pruned model's
 *     loss is not a number
 * @param alreadyKnown whether a finished evaluation was found in the store and none was run
 */
public record Fitness(String candidateId, double perplexity, boolean alreadyKnown) {
  public Fitness {
    if (candidateId.isBlank()) {
      throw new IllegalArgumentException("a fitness belongs to a candidate");
    }
    if (!(perplexity >= 1.0)) {
      throw new IllegalArgumentException("a perplexity is at least 1: " + perplexity);
    }
  }
}
