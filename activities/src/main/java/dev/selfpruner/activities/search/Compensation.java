package dev.selfpruner.activities.search;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What the units that stay do for those that go, while candidates are compared. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Compensation.None.class, name = "none"),
  @JsonSubTypes.Type(value = Compensation.LeastSquares.class, name = "least-squares")
})
public sealed interface Compensation {
  /** Nothing: weights stay as they are. */
  record None() implements Compensation {}

  /**
   * o_proj and down_proj are fitted to what the dense layer gives on calibration text: with the
   * Gram matrix G of their inputs and H = G + damping mean(diag G) I, the columns S that stay
   * become W H[:,S] H[S,S]^-1.
   *
   * @param damping in (0, 1]
   */
  record LeastSquares(double damping) implements Compensation {
    public LeastSquares {
      if (!(damping > 0.0 && damping <= 1.0)) {
        throw new IllegalArgumentException("damping out of (0, 1]: " + damping);
      }
    }
  }
}
