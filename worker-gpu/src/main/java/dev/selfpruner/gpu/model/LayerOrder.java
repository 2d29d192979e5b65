package dev.selfpruner.gpu.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** One layer's units from the least to the most important; a plan keeps the ends of both lists. */
public final class LayerOrder {
  private final List<Integer> headsAscending;
  private final int[] neuronsAscending;

  /**
   * Fixes an order.
   *
   * @param headsAscending every query head once
   * @param neuronsAscending every intermediate neuron once; copied
   */
  public LayerOrder(List<Integer> headsAscending, int[] neuronsAscending) {
    this.headsAscending = List.copyOf(headsAscending);
    this.neuronsAscending = neuronsAscending.clone();
    requirePermutation(
        "query heads", headsAscending.stream().mapToInt(Integer::intValue).toArray());
    requirePermutation("neurons", this.neuronsAscending);
  }

  /**
   * Sorts units by score, the lowest first; equal scores stay in the order of their indices.
   *
   * @throws IllegalArgumentException if a score is not a number
   */
  public static LayerOrder ascending(double[] headScores, double[] neuronScores) {
    return new LayerOrder(Arrays.stream(sorted(headScores)).boxed().toList(), sorted(neuronScores));
  }

  /** As {@link #ascending(double[], double[])}. */
  public static LayerOrder ascending(float[] headScores, float[] neuronScores) {
    return ascending(widened(headScores), widened(neuronScores));
  }

  public List<Integer> headsAscending() {
    return headsAscending;
  }

  /** A copy. */
  public int[] neuronsAscending() {
    return neuronsAscending.clone();
  }

  public int neurons() {
    return neuronsAscending.length;
  }

  /** Indices of the {@code count} most important query heads, in the model's own order. */
  public int[] keptHeads(int count) {
    return headsAscending.subList(headsAscending.size() - count, headsAscending.size()).stream()
        .mapToInt(Integer::intValue)
        .sorted()
        .toArray();
  }

  /** Indices of the {@code count} most important neurons, in the model's own order. */
  public int[] keptNeurons(int count) {
    int[] kept =
        Arrays.copyOfRange(
            neuronsAscending, neuronsAscending.length - count, neuronsAscending.length);
    Arrays.sort(kept);
    return kept;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LayerOrder order
        && headsAscending.equals(order.headsAscending)
        && Arrays.equals(neuronsAscending, order.neuronsAscending);
  }

  @Override
  public int hashCode() {
    return 31 * headsAscending.hashCode() + Arrays.hashCode(neuronsAscending);
  }

  @Override
  public String toString() {
    return "heads %s, %d neurons".formatted(headsAscending, neuronsAscending.length);
  }

  private static int[] sorted(double[] scores) {
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new IllegalArgumentException("the importance of unit " + i + " is not a number");
      }
    }
    // The sort of a stream of objects is stable, that of an int array would not take a comparator.
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted((a, b) -> Double.compare(scores[a] + 0.0, scores[b] + 0.0)) // -0.0 equals 0.0
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static double[] widened(float[] scores) {
    return IntStream.range(0, scores.length).mapToDouble(i -> scores[i]).toArray();
  }

  private static void requirePermutation(String what, int[] order) {
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    if (sorted.length == 0 || !Arrays.equals(sorted, IntStream.range(0, sorted.length).toArray())) {
      throw new IllegalArgumentException("not an order of the " + what + ": each occurs once");
    }
  }
}
