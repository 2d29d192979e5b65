package dev.selfpruner.llm.operators;

import java.util.SplittableRandom;

/** Values of a profile, layer by layer, with mean 0 and variance 1. */
final class Shapes {
  /** Layers within which the protection of the first ones fades, as a share of the depth. */
  private static final double FADE = 0.12;

  private static final int WAVES = 4;

  private Shapes() {}

  static double[] normalised(Profile profile, int layers, SplittableRandom random) {
    double[] heights = new double[WAVES];
    for (int i = 0; i < WAVES; i++) {
      heights[i] = Chance.normal(random);
    }
    double[] shape = new double[layers];
    for (int i = 0; i < layers; i++) {
      double depth = (i + 0.5) / layers;
      shape[i] =
          switch (profile) {
            case PROTECT_ENDS -> StrictMath.sin(Math.PI * depth);
            case RISING -> depth;
            case WAVES -> waves(heights, depth);
            case PROTECT_FIRST -> -StrictMath.exp(-depth / FADE);
            case NOISE -> Chance.normal(random);
          };
    }
    return standardised(shape);
  }

  private static double waves(double[] heights, double depth) {
    double sum = 0;
    for (int i = 0; i < heights.length; i++) {
      sum += heights[i] * StrictMath.cos(Math.PI * (i + 1) * depth);
    }
    return sum;
  }

  private static double[] standardised(double[] values) {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double variance = 0;
    for (double value : values) {
      variance += (value - mean) * (value - mean) / values.length;
    }
    double[] result = new double[values.length];
    for (int i = 0; i < values.length && variance > 0; i++) {
      result[i] = (values[i] - mean) / Math.sqrt(variance);
    }
    return result;
  }
}
