package dev.selfpruner.gpu.model;

/**
 * Rotary position embedding (Su et al., RoFormer, section 3.2).
 *
 * @param theta base of the frequencies
 */
public record RotaryEmbedding(double theta, RopeScaling scaling) {
  public RotaryEmbedding {
    if (!(theta > 0.0 && Double.isFinite(theta))) {
      throw new IllegalArgumentException("the rotary base is positive, not " + theta);
    }
  }

  /**
   * Radians a position turns each pair of a head's elements by: {@code theta^(-2i / headSize)},
   * scaled. Pair i is elements i and i + headSize/2, as transformers lays out q and k.
   *
   * <p>Llama 3.1's ramp is the one of {@code apply_scaling} in meta-llama/llama-models ({@code
   * models/llama3/model.py}), which transformers has as {@code rope_type: llama3}.
   *
   * @return {@code [headSize / 2]}
   */
  public double[] inverseFrequencies(int headSize) {
    double[] frequencies = new double[headSize / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = scaled(Math.pow(theta, -2.0 * i / headSize));
    }
    return frequencies;
  }

  private double scaled(double frequency) {
    if (scaling instanceof RopeScaling.Linear linear) {
      return frequency / linear.factor();
    }
    if (scaling instanceof RopeScaling.Llama3 llama) {
      double wavelengths = llama.originalContext() * frequency / (2 * Math.PI);
      double ramp =
          (wavelengths - llama.lowFrequencyFactor())
              / (llama.highFrequencyFactor() - llama.lowFrequencyFactor());
      double kept = Math.max(0.0, Math.min(1.0, ramp));
      return (1 - kept) * frequency / llama.factor() + kept * frequency;
    }
    return frequency;
  }
}
