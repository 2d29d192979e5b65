package dev.selfpruner.gpu.llama;

import java.util.Arrays;

/**
 * Sums over tokens of the squared inputs of a layer's two output projections, by column in the
 * order of the weights' layout.
 */
public final class InputSquares {
  private final double[] heads;
  private final double[] neurons;

  InputSquares(double[] heads, double[] neurons) {
    this.heads = heads;
    this.neurons = neurons;
  }

  /** Inputs of o_proj: {@code [query heads * head]}, a copy. */
  public double[] heads() {
    return heads.clone();
  }

  /** Inputs of down_proj: {@code [neurons]}, a copy. */
  public double[] neurons() {
    return neurons.clone();
  }

  /** Sums over the tokens of both. */
  public InputSquares plus(InputSquares other) {
    return new InputSquares(sum(heads, other.heads), sum(neurons, other.neurons));
  }

  private static double[] sum(double[] a, double[] b) {
    double[] sum = new double[a.length];
    Arrays.setAll(sum, i -> a[i] + b[i]);
    return sum;
  }
}
