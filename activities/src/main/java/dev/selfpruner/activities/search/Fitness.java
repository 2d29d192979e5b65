package dev.selfpruner.activities.search;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Optional;

/**
 * A candidate's measured fitness.
 *
 * @param candidateId the candidate
 * @param perplexity exponential of the objective's mean, lower is better: the perplexity, or that
 *     of a divergence, which is 1 for the dense model; positive infinity where the pruned model's
 *     loss is not a number, or there is none
 * @param alreadyKnown whether a finished evaluation was found in the store and none was run
 * @param tokens that go through the model for it, beyond what it shares with others of the same
 *     request; a token through a part of the model counts as that part, and it counts whether it
 *     was found or not; null means 0
 * @param failed why there is no number, where the perplexity is infinite; empty (or null) where
 *     there is one
 */
public record Fitness(
    String candidateId, double perplexity, boolean alreadyKnown, Long tokens, String failed) {
  public Fitness {
    tokens = Optional.ofNullable(tokens).orElse(0L);
    failed = Optional.ofNullable(failed).orElse("");
    if (candidateId.isBlank()) {
      throw new IllegalArgumentException("a fitness belongs to a candidate");
    }
    if (!(perplexity >= 1.0)) {
      throw new IllegalArgumentException("a perplexity is at least 1: " + perplexity);
    }
    if (tokens < 0) {
      throw new IllegalArgumentException("negative tokens: " + tokens);
    }
    if (!failed.isEmpty() && Double.isFinite(perplexity)) {
      throw new IllegalArgumentException(
          "a candidate that failed has no perplexity: %s, %s".formatted(perplexity, failed));
    }
  }

  /** Of a candidate that has a number. */
  public Fitness(String candidateId, double perplexity, boolean alreadyKnown, Long tokens) {
    this(candidateId, perplexity, alreadyKnown, tokens, "");
  }

  /** Where nobody counts tokens. */
  public Fitness(String candidateId, double perplexity, boolean alreadyKnown) {
    this(candidateId, perplexity, alreadyKnown, 0L);
  }

  /** Whether there is a number: without one, a candidate is only chosen where no other is left. */
  @JsonIgnore
  public boolean isFinite() {
    return Double.isFinite(perplexity);
  }
}
