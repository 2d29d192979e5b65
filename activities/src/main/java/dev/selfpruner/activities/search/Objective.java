package dev.selfpruner.activities.search;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * What an evaluation measures of a pruned model, in nats a predicted token; its exponential is the
 * fitness, lower is better, and at least 1.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Objective.Perplexity.class, name = "perplexity"),
  @JsonSubTypes.Type(value = Objective.Divergence.class, name = "divergence")
})
public sealed interface Objective {
  /** Negative log likelihood of the text's own tokens (Self-Pruner, section 3.1). */
  record Perplexity() implements Objective {}

  /**
   * Kullback-Leibler divergence of the pruned model's predictions from the dense model's (EvoPress,
   * section 3), whose likeliest tokens are kept; all others count as one.
   *
   * @param likeliest tokens kept a position
   */
  record Divergence(int likeliest) implements Objective {
    /** Enough to hold nearly all of a language model's probability. */
    public static final int DEFAULT_LIKELIEST = 64;

    public Divergence {
      if (likeliest < 1 || likeliest > 4096) {
        throw new IllegalArgumentException("likeliest tokens out of [1, 4096]: " + likeliest);
      }
    }
  }
}
