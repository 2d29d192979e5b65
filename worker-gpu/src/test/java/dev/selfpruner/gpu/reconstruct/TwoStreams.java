package dev.selfpruner.gpu.reconstruct;

import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the projections of a stored model read, and the sequential fit of a plan, written out in
 * loops and in double precision.
 */
final class TwoStreams {
  private final ModelDirectory model;
  private final LlamaConfig config;
  private final List<double[][]> dense = new ArrayList<>();
  private final List<double[][]> pruned = new ArrayList<>();
  private boolean parted;

  TwoStreams(ModelDirectory model, List<int[]> windows) {
    this.model = model;
    this.config = model.config();
    double[][] embedding = Matrices.of(model.embedding());
    for (int[] window : windows) {
      double[][] hidden =
          Arrays.stream(window).mapToObj(id -> embedding[id].clone()).toArray(double[][]::new);
      dense.add(hidden);
      pruned.add(hidden);
    }
  }

  /**
   * Passes a block of both models.
   *
   * @param kept columns of the projection that stay, in any order
   * @return the projection of the pruned model, transposed: {@code [kept, hidden]}
   */
  double[][] pass(int layer, Projection projection, int[] kept, double damping) {
    double[][] own =
        Matrices.part(weight(layer, projection), kept, Matrices.all(config.hiddenSize()));
    return pass(layer, projection, kept, damping, own);
  }

  /** A dense projection, transposed: {@code [units, hidden]}. */
  double[][] weight(int layer, Projection projection) {
    return Matrices.transposed(Matrices.of(model.tensor(layer, projection.weight())));
  }

  /**
   * As {@link #pass(int, Projection, int[], double)}, shrinking towards {@code own}, {@code [kept,
   * hidden]}.
   */
  double[][] pass(int layer, Projection projection, int[] kept, double damping, double[][] own) {
    double[][] weight = weight(layer, projection);
    boolean whole = kept.length == weight.length;
    List<double[][]> wanted = new ArrayList<>();
    for (double[][] hidden : dense) {
      wanted.add(
          Matrices.plus(hidden, Matrices.times(inputs(layer, projection, hidden), weight), 1));
    }
    double[][] fitted = own;
    if (parted || !whole) {
      parted = true;
      double[][] gram = new double[kept.length][kept.length];
      double[][] cross = new double[kept.length][config.hiddenSize()];
      for (int i = 0; i < wanted.size(); i++) {
        double[][] read = read(layer, projection, pruned.get(i), kept);
        double[][] target = Matrices.plus(wanted.get(i), pruned.get(i), -1);
        gram = Matrices.plus(gram, Matrices.times(Matrices.transposed(read), read), 1);
        cross = Matrices.plus(cross, Matrices.times(Matrices.transposed(read), target), 1);
      }
      double mean = 0;
      for (int i = 0; i < gram.length; i++) {
        mean += gram[i][i] / gram.length;
      }
      fitted =
          Matrices.solve(Matrices.damped(gram, damping), Matrices.plus(cross, own, damping * mean));
    }
    for (int i = 0; i < wanted.size(); i++) {
      double[][] read = read(layer, projection, pruned.get(i), kept);
      pruned.set(i, Matrices.plus(pruned.get(i), Matrices.times(read, fitted), 1));
      dense.set(i, wanted.get(i));
    }
    return fitted;
  }

  private double[][] read(int layer, Projection projection, double[][] hidden, int[] kept) {
    return Matrices.part(inputs(layer, projection, hidden), Matrices.all(hidden.length), kept);
  }

  private double[][] inputs(int layer, Projection projection, double[][] hidden) {
    return switch (projection) {
      case ATTENTION -> heads(layer, hidden);
      case MLP -> neurons(layer, hidden);
    };
  }

  private double[][] neurons(int layer, double[][] hidden) {
    double[][] x = normalised(hidden, model.tensor(layer, LayerWeight.MLP_NORM));
    double[][] gate = projected(x, layer, LayerWeight.GATE);
    double[][] up = projected(x, layer, LayerWeight.UP);
    for (int i = 0; i < gate.length; i++) {
      double[] row = gate[i];
      double[] other = up[i];
      Arrays.setAll(row, j -> row[j] / (1 + Math.exp(-row[j])) * other[j]);
    }
    return gate;
  }

  private double[][] heads(int layer, double[][] hidden) {
    int width = config.headSize();
    double[][] x = normalised(hidden, model.tensor(layer, LayerWeight.INPUT_NORM));
    double[][] query = projected(x, layer, LayerWeight.QUERY);
    double[][] key = projected(x, layer, LayerWeight.KEY);
    double[][] value = projected(x, layer, LayerWeight.VALUE);
    List<Integer> groups = config.layers().get(layer).keyValueHeadOfQueryHead();
    double[][] result = new double[hidden.length][groups.size() * width];
    for (int head = 0; head < groups.size(); head++) {
      int group = groups.get(head);
      for (int position = 0; position < hidden.length; position++) {
        double[] q = turned(query[position], head, position);
        double[] weights = new double[position + 1];
        double total = 0;
        for (int other = 0; other <= position; other++) {
          double[] k = turned(key[other], group, other);
          double score = 0;
          for (int i = 0; i < width; i++) {
            score += q[i] * k[i] / Math.sqrt(width);
          }
          weights[other] = Math.exp(score);
          total += weights[other];
        }
        for (int other = 0; other <= position; other++) {
          for (int i = 0; i < width; i++) {
            result[position][head * width + i] +=
                weights[other] / total * value[other][group * width + i];
          }
        }
      }
    }
    return result;
  }

  private double[] turned(double[] row, int head, int position) {
    int width = config.headSize();
    double[] frequencies = config.inverseFrequencies();
    double[] result = new double[width];
    for (int i = 0; i < width / 2; i++) {
      double a = row[head * width + i];
      double b = row[head * width + i + width / 2];
      double angle = position * frequencies[i];
      result[i] = a * Math.cos(angle) - b * Math.sin(angle);
      result[i + width / 2] = b * Math.cos(angle) + a * Math.sin(angle);
    }
    return result;
  }

  private double[][] projected(double[][] x, int layer, LayerWeight weight) {
    return Matrices.times(x, Matrices.transposed(Matrices.of(model.tensor(layer, weight))));
  }

  private double[][] normalised(double[][] hidden, StoredTensor norm) {
    FloatBuffer weight = FloatBuffer.allocate(config.hiddenSize());
    norm.read(0, weight);
    return Arrays.stream(hidden)
        .map(
            row -> {
              double square = Arrays.stream(row).map(x -> x * x).average().orElseThrow();
              double scale = 1 / Math.sqrt(square + config.rmsNormEpsilon());
              double[] result = new double[row.length];
              Arrays.setAll(result, i -> row[i] * scale * weight.get(i));
              return result;
            })
        .toArray(double[][]::new);
  }
}
