package dev.selfpruner.activities.search;

/** A candidate with its fitness: what a population is made of. */
public record Individual(Candidate candidate, double perplexity) {
  public Individual {
    if (!(perplexity >= 1.0)) {
      throw new IllegalArgumentException("a perplexity is at least 1: " + perplexity);
    }
  }
}
