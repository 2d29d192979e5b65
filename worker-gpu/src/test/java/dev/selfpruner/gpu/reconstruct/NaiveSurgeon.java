package dev.selfpruner.gpu.reconstruct;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The greedy order written out: after every removal the remaining matrix is inverted anew and the
 * original weight fitted anew, and a unit costs what the squared error of the fit grows by without
 * it.
 */
public final class NaiveSurgeon {
  private final double[][] damped;
  private final double[][] weight;

  /** Weight times damped Gram matrix. */
  private final double[][] target;

  /**
   * @param gram {@code [n][n]}
   * @param weight {@code [out][n]}
   */
  public NaiveSurgeon(double[][] gram, double[][] weight, double damping) {
    int n = gram.length;
    double mean = 0;
    for (int i = 0; i < n; i++) {
      mean += gram[i][i] / n;
    }
    this.damped = new double[n][];
    for (int i = 0; i < n; i++) {
      damped[i] = gram[i].clone();
      damped[i][i] += damping * mean;
    }
    this.weight = weight;
    this.target = new double[weight.length][n];
    for (int row = 0; row < weight.length; row++) {
      for (int k = 0; k < n; k++) {
        for (int j = 0; j < n; j++) {
          target[row][j] += weight[row][k] * damped[k][j];
        }
      }
    }
  }

  /** All units in the order of removal, teams taking turns as {@link BrainSurgeon#units} says. */
  public List<Integer> order(List<int[]> units, List<Integer> teams) {
    List<Integer> order = order(units, teams, units.size() - 1);
    for (int i = 0; i < units.size(); i++) {
      if (!order.contains(i)) {
        order.add(i);
      }
    }
    return order;
  }

  /** The first units of the order. */
  public List<Integer> order(List<int[]> units, List<Integer> teams, int count) {
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < units.size(); i++) {
      left.add(i);
    }
    List<Integer> order = new ArrayList<>();
    List<Integer> closed = new ArrayList<>();
    while (order.size() < count) {
      int best = -1;
      double least = Double.POSITIVE_INFINITY;
      for (int unit : left) {
        if (!closed.contains(teams.get(unit))) {
          double error = error(columns(units, without(left, unit)));
          if (error < least) {
            least = error;
            best = unit;
          }
        }
      }
      left = without(left, best);
      order.add(best);
      closed.add(teams.get(best));
      if (closed.size() == teams.stream().distinct().count()) {
        closed.clear();
      }
    }
    return order;
  }

  private static List<Integer> without(List<Integer> units, int unit) {
    return units.stream().filter(other -> other != unit).toList();
  }

  private static int[] columns(List<int[]> units, List<Integer> which) {
    return which.stream().flatMapToInt(unit -> Arrays.stream(units.get(unit))).toArray();
  }

  /** tr((W - W'P) H (W - W'P)^T) of the best W' for the columns that are left. */
  private double error(int[] left) {
    int n = damped.length;
    double[][] inverse = inverted(left);
    double sum = 0;
    for (int row = 0; row < weight.length; row++) {
      double[] difference = weight[row].clone();
      for (int i = 0; i < left.length; i++) {
        for (int j = 0; j < left.length; j++) {
          difference[left[i]] -= target[row][left[j]] * inverse[j][i];
        }
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          sum += difference[i] * damped[i][j] * difference[j];
        }
      }
    }
    return sum;
  }

  /** By Gauss-Jordan elimination with pivoting. */
  private double[][] inverted(int[] left) {
    int n = left.length;
    double[][] a = new double[n][2 * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        a[i][j] = damped[left[i]][left[j]];
      }
      a[i][n + i] = 1;
    }
    for (int column = 0; column < n; column++) {
      int pivot = column;
      for (int row = column + 1; row < n; row++) {
        if (Math.abs(a[row][column]) > Math.abs(a[pivot][column])) {
          pivot = row;
        }
      }
      double[] swapped = a[pivot];
      a[pivot] = a[column];
      a[column] = swapped;
      double scale = a[column][column];
      for (int j = 0; j < 2 * n; j++) {
        a[column][j] /= scale;
      }
      for (int row = 0; row < n; row++) {
        double factor = a[row][column];
        if (row != column && factor != 0) {
          for (int j = 0; j < 2 * n; j++) {
            a[row][j] -= factor * a[column][j];
          }
        }
      }
    }
    double[][] inverse = new double[n][n];
    for (int i = 0; i < n; i++) {
      System.arraycopy(a[i], n, inverse[i], 0, n);
    }
    return inverse;
  }
}
