package dev.selfpruner.gpu.llama;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The decoder written out in loops, in double precision: one token after another, units that are
 * not kept skipped where they stand.
 */
public final class NaiveDecoder {
  private final ModelDirectory model;
  private final LlamaConfig config;
  private final IntToDoubleFunction frequency;
  private final Map<LayerWeight, double[][][]> gram = new EnumMap<>(LayerWeight.class);

  /**
   * @param frequency radians a position of a head's pair, by the pair's index
   */
  public NaiveDecoder(ModelDirectory model, IntToDoubleFunction frequency) {
    this.model = model;
    this.config = model.config();
    this.frequency = frequency;
    int layers = config.layers().size();
    gram.put(LayerWeight.ATTENTION_OUTPUT, new double[layers][][]);
    gram.put(LayerWeight.DOWN, new double[layers][][]);
  }

  /**
   * Sums of the squares of what a layer's output projection has read since this decoder was made,
   * by column.
   *
   * @param projection {@link LayerWeight#ATTENTION_OUTPUT} or {@link LayerWeight#DOWN}
   */
  public double[] inputSquares(int layer, LayerWeight projection) {
    double[][] all = gram(layer, projection);
    return IntStream.range(0, all.length).mapToDouble(i -> all[i][i]).toArray();
  }

  /** X^T X of what a layer's output projection has read, X, since this decoder was made. */
  public double[][] gram(int layer, LayerWeight projection) {
    return gram.get(projection)[layer];
  }

  /** Mean over the rows of a layer's output projection of the magnitude of each column. */
  public double[] columnMagnitudes(int layer, LayerWeight projection) {
    double[][] rows = matrix(model.tensor(layer, projection));
    double[] means = new double[rows[0].length];
    for (double[] row : rows) {
      Arrays.setAll(means, i -> means[i] + Math.abs(row[i]) / rows.length);
    }
    return means;
  }

  /** Mean negative log likelihood of all tokens of a window but the first. */
  public double loss(int[] tokens, UnitOrder order, PruningPlan plan) {
    double[][] embedding = matrix(model.embedding());
    double[][] hidden =
        Arrays.stream(tokens).mapToObj(id -> embedding[id].clone()).toArray(double[][]::new);
    for (int layer = 0; layer < plan.layers().size(); layer++) {
      LayerPlan kept = plan.layers().get(layer);
      attend(hidden, layer, order.layers().get(layer).keptHeads(kept.queryHeads()));
      transform(hidden, layer, order.layers().get(layer), kept.neurons());
    }
    double[][] head = matrix(model.outputHead());
    double[] norm = vector(model.finalNorm());
    double sum = 0;
    for (int position = 0; position + 1 < tokens.length; position++) {
      double[] logits = times(head, normalised(hidden[position], norm));
      double most = Arrays.stream(logits).max().orElseThrow();
      double total = Arrays.stream(logits).map(logit -> Math.exp(logit - most)).sum();
      sum += Math.log(total) + most - logits[tokens[position + 1]];
    }
    return sum / (tokens.length - 1);
  }

  private void attend(double[][] hidden, int layer, int[] heads) {
    double[] norm = vector(model.tensor(layer, LayerWeight.INPUT_NORM));
    double[][] x = Arrays.stream(hidden).map(row -> normalised(row, norm)).toArray(double[][]::new);
    double[][] query = projected(x, model.tensor(layer, LayerWeight.QUERY));
    double[][] key = projected(x, model.tensor(layer, LayerWeight.KEY));
    double[][] value = projected(x, model.tensor(layer, LayerWeight.VALUE));
    double[][] output = matrix(model.tensor(layer, LayerWeight.ATTENTION_OUTPUT));
    List<Integer> groups = config.layers().get(layer).keyValueHeadOfQueryHead();
    int width = config.headSize();
    double[][] inputs = new double[hidden.length][output[0].length];
    for (int head : heads) {
      int group = groups.get(head);
      for (int position = 0; position < hidden.length; position++) {
        double[] q = rotated(query[position], head, position);
        double[] weights = new double[position + 1];
        for (int other = 0; other <= position; other++) {
          weights[other] = dot(q, rotated(key[other], group, other)) / Math.sqrt(width);
        }
        double most = Arrays.stream(weights).max().orElseThrow();
        double total = Arrays.stream(weights).map(weight -> Math.exp(weight - most)).sum();
        double[] read = new double[width];
        for (int other = 0; other <= position; other++) {
          double share = Math.exp(weights[other] - most) / total;
          for (int i = 0; i < width; i++) {
            read[i] += share * value[other][group * width + i];
          }
        }
        for (int i = 0; i < width; i++) {
          inputs[position][head * width + i] = read[i];
        }
        for (int row = 0; row < output.length; row++) {
          for (int i = 0; i < width; i++) {
            hidden[position][row] += output[row][head * width + i] * read[i];
          }
        }
      }
    }
    see(layer, LayerWeight.ATTENTION_OUTPUT, inputs);
  }

  private void transform(double[][] hidden, int layer, LayerOrder order, int neurons) {
    double[] norm = vector(model.tensor(layer, LayerWeight.MLP_NORM));
    double[][] gate = matrix(model.tensor(layer, LayerWeight.GATE));
    double[][] up = matrix(model.tensor(layer, LayerWeight.UP));
    double[][] down = matrix(model.tensor(layer, LayerWeight.DOWN));
    double[][] inputs = new double[hidden.length][gate.length];
    for (int position = 0; position < hidden.length; position++) {
      double[] row = hidden[position];
      double[] x = normalised(row, norm);
      for (int neuron : order.keptNeurons(neurons)) {
        double g = dot(gate[neuron], x);
        double activation = g / (1 + Math.exp(-g)) * dot(up[neuron], x);
        inputs[position][neuron] = activation;
        for (int i = 0; i < row.length; i++) {
          row[i] += down[i][neuron] * activation;
        }
      }
    }
    see(layer, LayerWeight.DOWN, inputs);
  }

  private void see(int layer, LayerWeight projection, double[][] inputs) {
    double[][][] layers = gram.get(projection);
    int columns = inputs[0].length;
    if (layers[layer] == null) {
      layers[layer] = new double[columns][columns];
    }
    for (double[] input : inputs) {
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < columns; j++) {
          layers[layer][i][j] += input[i] * input[j];
        }
      }
    }
  }

  /** One head of a position's projections, turned by its position. */
  private double[] rotated(double[] projections, int head, int position) {
    int width = config.headSize();
    double[] turned = new double[width];
    for (int i = 0; i < width / 2; i++) {
      double a = projections[head * width + i];
      double b = projections[head * width + i + width / 2];
      double angle = position * frequency.applyAsDouble(i);
      turned[i] = a * Math.cos(angle) - b * Math.sin(angle);
      turned[i + width / 2] = b * Math.cos(angle) + a * Math.sin(angle);
    }
    return turned;
  }

  private double[] normalised(double[] x, double[] weight) {
    double scale = 1 / Math.sqrt(dot(x, x) / x.length + config.rmsNormEpsilon());
    double[] result = new double[x.length];
    Arrays.setAll(result, i -> x[i] * scale * weight[i]);
    return result;
  }

  private static double[][] projected(double[][] x, StoredTensor weight) {
    double[][] matrix = matrix(weight);
    return Arrays.stream(x).map(row -> times(matrix, row)).toArray(double[][]::new);
  }

  private static double[] times(double[][] matrix, double[] x) {
    return Arrays.stream(matrix).mapToDouble(row -> dot(row, x)).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double[][] matrix(StoredTensor tensor) {
    double[] all = vector(tensor);
    int columns = tensor.shape().get(1).intValue();
    double[][] rows = new double[tensor.shape().get(0).intValue()][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * columns, (i + 1) * columns));
    return rows;
  }

  private static double[] vector(StoredTensor tensor) {
    FloatBuffer values = FloatBuffer.allocate((int) tensor.elements());
    tensor.read(0, values);
    double[] wide = new double[values.capacity()];
    Arrays.setAll(wide, values::get);
    return wide;
  }
}
