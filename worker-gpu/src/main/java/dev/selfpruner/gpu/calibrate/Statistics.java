package dev.selfpruner.gpu.calibrate;

import dev.selfpruner.activities.search.LayerStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sums up a layer: what remains of its units' importance when they are told in a few numbers. */
final class Statistics {
  private static final int TENTHS = 10;

  private Statistics() {}

  /**
   * A layer's statistics.
   *
   * @param importance of the layer's units
   * @param pass that has seen the layer
   * @param tokens that the model has read
   */
  static LayerStatistics.Layer of(
      LayerImportance importance, ImportancePass pass, int layer, long tokens) {
    return new LayerStatistics.Layer(
        block(importance.queryHeads(), pass.headSquares(layer), tokens),
        block(importance.neurons(), pass.neuronSquares(layer), tokens));
  }

  /**
   * @param scores of the block's units
   * @param squares sums over all tokens of the squared inputs of its output projection, by column
   */
  private static LayerStatistics.Block block(List<Double> scores, double[] squares, long tokens) {
    double[] ascending = scores.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double[] upTo = new double[ascending.length + 1];
    for (int i = 0; i < ascending.length; i++) {
      upTo[i + 1] = upTo[i] + ascending[i];
    }
    double total = upTo[ascending.length];
    List<Double> lost = new ArrayList<>();
    for (int tenth = 1; tenth < TENTHS; tenth++) {
      int units = Math.toIntExact((long) tenth * ascending.length / TENTHS);
      lost.add(total > 0 ? upTo[units] / total : 0.0);
    }
    double meanSquare = Arrays.stream(squares).sum() / squares.length / tokens;
    return new LayerStatistics.Block(total, Math.sqrt(meanSquare), lost);
  }
}
