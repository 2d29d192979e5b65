package dev.selfpruner.activities.plan;

/** Measured values that can't truly rise, without the rises that noise gave them. */
final class Monotone {
  private Monotone() {}

  /**
   * The values that never rise and are nearest to {@code values} by the sum of squares (isotonic
   * regression; the pool-adjacent-violators algorithm, Ayer et al. 1955).
   */
  static double[] falling(double[] values) {
    double[] means = new double[values.length];
    int[] sizes = new int[values.length];
    int pools = 0;
    for (double value : values) {
      means[pools] = value;
      sizes[pools] = 1;
      while (pools > 0 && means[pools - 1] < means[pools]) {
        int size = sizes[pools - 1] + sizes[pools];
        means[pools - 1] =
            (means[pools - 1] * sizes[pools - 1] + means[pools] * sizes[pools]) / size;
        sizes[pools - 1] = size;
        pools--;
      }
      pools++;
    }
    double[] result = new double[values.length];
    int next = 0;
    for (int pool = 0; pool < pools; pool++) {
      for (int i = 0; i < sizes[pool]; i++) {
        result[next++] = means[pool];
      }
    }
    return result;
  }

  /** The values that never fall and are nearest to {@code values} by the sum of squares. */
  static double[] rising(double[] values) {
    return reversed(falling(reversed(values)));
  }

  private static double[] reversed(double[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[values.length - 1 - i];
    }
    return result;
  }
}
