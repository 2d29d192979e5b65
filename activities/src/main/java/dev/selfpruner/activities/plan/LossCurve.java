package dev.selfpruner.activities.plan;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Loss as a function of what a block keeps, through measured levels up to the dense block, which
 * has the dense loss. It never rises with what is kept: measured levels that do are evened out, and
 * levels below the dense loss are held there. Between levels it is a cubic that keeps them monotone
 * (Fritsch and Butland 1984), below the lowest the straight line through the lowest two.
 */
final class LossCurve {
  private final double[] kept;
  private final double[] loss;
  private final double[] slopes;

  private LossCurve(double[] kept, double[] loss) {
    this.kept = kept;
    this.loss = loss;
    this.slopes = slopes(kept, loss);
  }

  /**
   * @param all what the dense block keeps
   * @param dense loss of the dense model
   * @throws IllegalArgumentException if there is no level, or one at the dense block or above
   */
  static LossCurve through(List<Level> levels, long all, double dense) {
    List<Level> ascending = levels.stream().sorted(Comparator.comparingLong(Level::kept)).toList();
    if (ascending.isEmpty()) {
      throw new IllegalArgumentException("no loss was measured");
    }
    long highest = ascending.get(ascending.size() - 1).kept();
    if (highest >= all) {
      throw new IllegalArgumentException(
          "a loss was measured where %d of %d units stay: less than all have to"
              .formatted(highest, all));
    }
    double[] measured =
        Monotone.falling(
            ascending.stream().mapToDouble(level -> Math.max(dense, level.loss())).toArray());
    int levelCount = measured.length;
    return new LossCurve(
        IntStream.rangeClosed(0, levelCount)
            .mapToDouble(i -> i < levelCount ? ascending.get(i).kept() : all)
            .toArray(),
        IntStream.rangeClosed(0, levelCount)
            .mapToDouble(i -> i < levelCount ? measured[i] : dense)
            .toArray());
  }

  double at(double units) {
    if (units <= kept[0]) {
      return loss[0] + (units - kept[0]) * secant(kept, loss, 0);
    }
    int right = 1;
    while (right < kept.length - 1 && kept[right] < units) {
      right++;
    }
    int left = right - 1;
    double width = kept[right] - kept[left];
    double t = Math.min(1.0, (units - kept[left]) / width);
    double back = 1.0 - t;
    return back * back * (loss[left] * (1 + 2 * t) + width * slopes[left] * t)
        + t * t * (loss[right] * (1 + 2 * back) - width * slopes[right] * back);
  }

  /** Weighted harmonic means of the secants on both sides; at the ends the secants themselves. */
  private static double[] slopes(double[] x, double[] y) {
    double[] slopes = new double[x.length];
    slopes[0] = secant(x, y, 0);
    slopes[x.length - 1] = secant(x, y, x.length - 2);
    for (int i = 1; i < x.length - 1; i++) {
      double left = secant(x, y, i - 1);
      double right = secant(x, y, i);
      if (left * right > 0) {
        double width = x[i + 1] - x[i - 1];
        double weight = (width + x[i + 1] - x[i]) / (3 * width);
        slopes[i] = left * right / (weight * right + (1 - weight) * left);
      }
    }
    return slopes;
  }

  private static double secant(double[] x, double[] y, int left) {
    return (y[left + 1] - y[left]) / (x[left + 1] - x[left]);
  }
}
