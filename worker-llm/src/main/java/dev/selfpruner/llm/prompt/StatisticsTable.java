package dev.selfpruner.llm.prompt;

import dev.selfpruner.activities.search.LayerStatistics;
import dev.selfpruner.activities.search.LayerStatistics.Block;
import java.util.List;
import java.util.StringJoiner;

/** What was measured of a model's layers, a line for each. */
final class StatisticsTable {
  private static final String HEAD =
      "layer | attention: mass, activation, lost | MLP: mass, activation, lost";

  private StatisticsTable() {}

  /**
   * The table.
   *
   * @param share of a block's units that might be cut
   */
  static String of(LayerStatistics statistics, double share) {
    double all =
        statistics.layers().stream()
            .mapToDouble(layer -> layer.attention().importance() + layer.mlp().importance())
            .sum();
    StringJoiner lines = new StringJoiner("\n");
    lines.add(HEAD);
    for (int i = 0; i < statistics.layers().size(); i++) {
      LayerStatistics.Layer layer = statistics.layers().get(i);
      lines.add(
          "%d | %s | %s"
              .formatted(i, cells(layer.attention(), all, share), cells(layer.mlp(), all, share)));
    }
    return lines.toString();
  }

  private static String cells(Block block, double all, double share) {
    return String.join(
        " ",
        Figures.format("%.2f", all > 0 ? 100 * block.importance() / all : 0),
        Figures.format("%.3g", block.activation()),
        Figures.format("%.1f", 100 * lost(block.lost(), share)));
  }

  /** Between two measured tenths, a straight line. */
  private static double lost(List<Double> tenths, double share) {
    double position = Math.min(1.0, Math.max(0.0, share)) * (Block.TENTHS + 1);
    int below = (int) Math.min(position, Block.TENTHS);
    double from = below == 0 ? 0.0 : tenths.get(below - 1);
    double to = below == Block.TENTHS ? 1.0 : tenths.get(below);
    return from + (position - below) * (to - from);
  }
}
