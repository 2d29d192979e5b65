package dev.selfpruner.activities.search;

/**
 * How the cost of pruning single blocks is measured.
 *
 * @param levels neurons kept that an MLP is measured at, in equal steps from none removed to nearly
 *     all; attention is measured at every number of units
 * @param windows of the search text that the dense model's blocks are measured on; 0 means that
 *     nothing is measured before the first population
 * @param descentWindows of the search text that an individual's neighbours are measured on
 * @param step share of an MLP's neurons in a descent's first step; later ones are finer
 * @param farDescents of the first descents, those that measure attention not by one unit alone but
 *     by one, two, four and so on, up to all and down to the last: what a layer loses with its
 *     first units may come back only with many of them
 */
public record Probing(int levels, int windows, int descentWindows, double step, int farDescents) {
  /** The last descent's step, as a share of the first one's. */
  private static final double LAST_STEP = 0.25;

  public Probing {
    if (levels < 2
        || windows < 0
        || descentWindows < 1
        || !(step > 0.0 && step < 1.0)
        || farDescents < 0) {
      throw new IllegalArgumentException(
          "no probing: %d levels, %d and %d windows, step %s, %d far descents"
              .formatted(levels, windows, descentWindows, step, farDescents));
    }
  }

  /**
   * Probing with a descent's step: it shrinks linearly from the first descent's to a quarter of it.
   *
   * @param descent from 1
   * @param descents of the whole search; 1 for the step as it is given, whatever the descent
   */
  public Probing inDescent(int descent, int descents) {
    double way =
        descents <= 1 ? 0.0 : Math.max(0.0, Math.min(1.0, (descent - 1.0) / (descents - 1.0)));
    return new Probing(
        levels, windows, descentWindows, step * (1 - (1 - LAST_STEP) * way), farDescents);
  }

  /**
   * Whether a descent measures attention farther than one unit away.
   *
   * @param descent from 1
   */
  public boolean isFar(int descent) {
    return descent <= farDescents;
  }
}
