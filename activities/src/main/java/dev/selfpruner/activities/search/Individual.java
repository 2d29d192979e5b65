package dev.selfpruner.activities.search;

import java.util.Optional;

/**
 * A candidate with its fitness: what a population is made of.
 *
 * @param failed why its perplexity is infinite; empty (or null) where it is not
 */
public record Individual(Candidate candidate, double perplexity, String failed) {
  public Individual {
    failed = Optional.ofNullable(failed).orElse("");
    if (!(perplexity >= 1.0)) {
      throw new IllegalArgumentException("a perplexity is at least 1: " + perplexity);
    }
  }

  public Individual(Candidate candidate, double perplexity) {
    this(candidate, perplexity, "");
  }
}
