package dev.selfpruner.gpu.reconstruct;

import dev.selfpruner.gpu.safetensors.StoredTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/** Linear algebra in loops and in double precision, to compare with. */
final class Matrices {
  private Matrices() {}

  static double[][] random(int rows, int columns, long seed) {
    Random random = new Random(seed);
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      Arrays.setAll(row, i -> random.nextGaussian());
    }
    return matrix;
  }

  static double[][] times(double[][] a, double[][] b) {
    double[][] product = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < b.length; k++) {
        for (int j = 0; j < b[0].length; j++) {
          product[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return product;
  }

  static double[][] transposed(double[][] a) {
    double[][] result = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        result[j][i] = a[i][j];
      }
    }
    return result;
  }

  static double[][] plus(double[][] a, double[][] b, double scale) {
    double[][] sum = new double[a.length][a[0].length];
    for (int i = 0; i < a.length; i++) {
      int row = i;
      Arrays.setAll(sum[i], j -> a[row][j] + scale * b[row][j]);
    }
    return sum;
  }

  /** Rows and columns of {@code a} by index. */
  static double[][] part(double[][] a, int[] rows, int[] columns) {
    return Arrays.stream(rows)
        .mapToObj(row -> Arrays.stream(columns).mapToDouble(column -> a[row][column]).toArray())
        .toArray(double[][]::new);
  }

  static int[] all(int count) {
    return IntStream.range(0, count).toArray();
  }

  /** A symmetric matrix plus {@code damping} times the mean of its diagonal. */
  static double[][] damped(double[][] gram, double damping) {
    double mean = IntStream.range(0, gram.length).mapToDouble(i -> gram[i][i]).average().orElse(0);
    double[][] result = Arrays.stream(gram).map(double[]::clone).toArray(double[][]::new);
    for (int i = 0; i < gram.length; i++) {
      result[i][i] += damping * mean;
    }
    return result;
  }

  /** x with a x = b, by elimination with pivoting. */
  static double[][] solve(double[][] a, double[][] b) {
    int n = a.length;
    double[][] left = Arrays.stream(a).map(double[]::clone).toArray(double[][]::new);
    double[][] right = Arrays.stream(b).map(double[]::clone).toArray(double[][]::new);
    for (int pivot = 0; pivot < n; pivot++) {
      int best = pivot;
      for (int row = pivot + 1; row < n; row++) {
        best = Math.abs(left[row][pivot]) > Math.abs(left[best][pivot]) ? row : best;
      }
      swap(left, pivot, best);
      swap(right, pivot, best);
      for (int row = 0; row < n; row++) {
        double factor = row == pivot ? 0 : left[row][pivot] / left[pivot][pivot];
        subtract(left[row], left[pivot], factor);
        subtract(right[row], right[pivot], factor);
      }
    }
    for (int row = 0; row < n; row++) {
      double scale = left[row][row];
      double[] solution = right[row];
      Arrays.setAll(solution, i -> solution[i] / scale);
    }
    return right;
  }

  private static void swap(double[][] rows, int one, int other) {
    double[] row = rows[one];
    rows[one] = rows[other];
    rows[other] = row;
  }

  private static void subtract(double[] row, double[] other, double factor) {
    Arrays.setAll(row, i -> row[i] - factor * other[i]);
  }

  static double[][] of(StoredTensor tensor) {
    int rows = tensor.shape().get(0).intValue();
    int columns = tensor.shape().get(1).intValue();
    FloatBuffer values = FloatBuffer.allocate(rows * columns);
    tensor.read(0, values);
    return of(values.array(), columns);
  }

  static double[][] of(float[] values, int columns) {
    double[][] matrix = new double[values.length / columns][columns];
    for (int i = 0; i < values.length; i++) {
      matrix[i / columns][i % columns] = values[i];
    }
    return matrix;
  }

  static float[] floats(double[][] matrix) {
    float[] values = new float[matrix.length * matrix[0].length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) matrix[i / matrix[0].length][i % matrix[0].length];
    }
    return values;
  }

  /** The largest difference of two matrices, relative to the largest element of the second. */
  static double distance(double[][] a, double[][] expected) {
    double most = 0;
    double scale = 0;
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected[0].length; j++) {
        most = Math.max(most, Math.abs(a[i][j] - expected[i][j]));
        scale = Math.max(scale, Math.abs(expected[i][j]));
      }
    }
    return most / scale;
  }
}
