package dev.selfpruner.gpu.model;

/** How a model's rotary frequencies are stretched beyond the context that it was first made for. */
public sealed interface RopeScaling {

  /** Frequencies as they are. */
  record None() implements RopeScaling {}

  /** All positions divided by {@code factor}. */
  record Linear(double factor) implements RopeScaling {
    public Linear {
      requirePositive("factor", factor);
    }
  }

  /**
   * Llama 3.1's: low frequencies divided by {@code factor}, high ones kept, a ramp between.
   *
   * @param lowFrequencyFactor wavelengths above {@code originalContext / lowFrequencyFactor} are
   *     divided in full
   * @param highFrequencyFactor wavelengths below {@code originalContext / highFrequencyFactor} are
   *     kept
   * @param originalContext tokens of context before scaling
   */
  record Llama3(
      double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext)
      implements RopeScaling {
    public Llama3 {
      requirePositive("factor", factor);
      requirePositive("low frequency factor", lowFrequencyFactor);
      requirePositive("original context", originalContext);
      if (!(highFrequencyFactor > lowFrequencyFactor && Double.isFinite(highFrequencyFactor))) {
        throw new IllegalArgumentException(
            "the high frequency factor, %s, is not above the low one, %s"
                .formatted(highFrequencyFactor, lowFrequencyFactor));
      }
    }
  }

  private static void requirePositive(String what, double value) {
    if (!(value > 0.0 && Double.isFinite(value))) {
      throw new IllegalArgumentException("the %s is positive, not %s".formatted(what, value));
    }
  }
}
