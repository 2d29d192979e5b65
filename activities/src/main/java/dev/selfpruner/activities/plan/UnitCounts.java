package dev.selfpruner.activities.plan;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/** Units of attention to keep in each layer. */
final class UnitCounts {
  private UnitCounts() {}

  /**
   * In each layer the units whose parameters are nearest to the wanted ones; the more of two counts
   * that are as near.
   *
   * @param wanted parameters of each layer's attention
   */
  static int[] nearest(PrunableModel model, double[] wanted) {
    int[] units = new int[wanted.length];
    for (int i = 0; i < units.length; i++) {
      long[] kept = kept(model.layers().get(i));
      units[i] = kept.length;
      for (int count = kept.length - 1; count > 0; count--) {
        if (Math.abs(kept[count - 1] - wanted[i]) < Math.abs(kept[units[i] - 1] - wanted[i])) {
          units[i] = count;
        }
      }
    }
    return units;
  }

  /**
   * The units nearest to the wanted parameters, by the sum of squared distances, that leave
   * something for neurons to do that they can do; empty if there are none. By dynamic programming
   * over the layers: for every number of parameters that heads can remove together, the nearest way
   * to remove them.
   */
  static Optional<int[]> nearest(PrunableModel model, double[] wanted, Wish.Rest rest) {
    int layers = wanted.length;
    long[][] kept = model.layers().stream().map(UnitCounts::kept).toArray(long[][]::new);
    long step = commonStep(kept);
    double[] best = {0};
    int[][] choices = new int[layers][];
    for (int i = 0; i < layers; i++) {
      int all = kept[i].length;
      int most = Math.toIntExact((kept[i][all - 1] - kept[i][0]) / step);
      double[] next = new double[best.length + most];
      Arrays.fill(next, Double.POSITIVE_INFINITY);
      choices[i] = new int[next.length];
      for (int units = all; units > 0; units--) {
        int removed = (int) ((kept[i][all - 1] - kept[i][units - 1]) / step);
        double distance = (kept[i][units - 1] - wanted[i]) / step;
        for (int before = 0; before < best.length; before++) {
          double sum = best[before] + distance * distance;
          if (sum < next[before + removed]) {
            next[before + removed] = sum;
            choices[i][before + removed] = units;
          }
        }
      }
      best = next;
    }
    int nearest = -1;
    for (int removed = 0; removed < best.length; removed++) {
      if (best[removed] < (nearest < 0 ? Double.POSITIVE_INFINITY : best[nearest])
          && rest.neuronsKept(removed * step).isPresent()) {
        nearest = removed;
      }
    }
    return nearest < 0 ? Optional.empty() : Optional.of(followed(choices, nearest, kept, step));
  }

  /** Parameters that go with the heads of all layers. */
  static long removed(PrunableModel model, int[] units) {
    long sum = 0;
    for (int i = 0; i < units.length; i++) {
      PrunableLayer layer = model.layers().get(i);
      sum +=
          layer.attentionParameters(layer.queryHeads())
              - layer.attentionParameters(layer.headsOf(units[i]));
    }
    return sum;
  }

  private static int[] followed(int[][] choices, int removed, long[][] kept, long step) {
    int[] units = new int[choices.length];
    int left = removed;
    for (int i = units.length - 1; i >= 0; i--) {
      units[i] = choices[i][left];
      left -= (int) ((kept[i][kept[i].length - 1] - kept[i][units[i] - 1]) / step);
    }
    return units;
  }

  /** Attention parameters of a layer that keeps 1, 2, ... all units. */
  private static long[] kept(PrunableLayer layer) {
    long[] kept = new long[layer.attentionUnits()];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = layer.attentionParameters(layer.headsOf(i + 1));
    }
    return kept;
  }

  /** What all parameters that heads can remove are multiples of. */
  private static long commonStep(long[][] kept) {
    BigInteger common = BigInteger.ZERO;
    for (long[] layer : kept) {
      for (long parameters : layer) {
        common = common.gcd(BigInteger.valueOf(layer[layer.length - 1] - parameters));
      }
    }
    return common.signum() == 0 ? 1 : common.longValueExact();
  }
}
