package dev.selfpruner.llm.prompt;

import dev.selfpruner.activities.plan.Level;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.Sensitivity;
import java.util.Comparator;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** What each block of a model costs by itself, a line for each layer. */
final class SensitivityTable {
  private static final String BLOCKS =
      "layer | attention: -10 %, -30 %, -50 % | MLP: -10 %, -30 %, -50 %";
  private static final String LAYERS = "layer | -10 %, -30 %, -50 %";
  private static final List<Double> SHARES = List.of(0.1, 0.3, 0.5);
  private static final String UNKNOWN = "-";

  private SensitivityTable() {}

  /** Of attention and MLP where they were measured apart, else of whole layers. */
  static String of(Sensitivity sensitivity, PrunableModel model) {
    boolean whole = sensitivity.layers().stream().anyMatch(layer -> !layer.whole().isEmpty());
    StringJoiner lines = new StringJoiner("\n");
    lines.add(whole ? LAYERS : BLOCKS);
    for (int i = 0; i < sensitivity.layers().size(); i++) {
      Sensitivity.Layer measured = sensitivity.layers().get(i);
      PrunableLayer layer = model.layers().get(i);
      double dense = sensitivity.dense();
      lines.add(
          whole
              ? "%d | %s".formatted(i, cells(measured.whole(), layer.parameters(), dense))
              : "%d | %s | %s"
                  .formatted(
                      i,
                      cells(measured.attention(), layer.queryHeads(), dense),
                      cells(measured.mlp(), layer.neurons(), dense)));
    }
    return lines.toString();
  }

  private static String cells(List<Level> levels, long all, double dense) {
    List<Level> ascending = levels.stream().sorted(Comparator.comparingLong(Level::kept)).toList();
    return SHARES.stream()
        .map(share -> cell(ascending, all, dense, all * (1 - share)))
        .collect(Collectors.joining(" "));
  }

  /** Thousandths of a nat; between two levels, a straight line. */
  private static String cell(List<Level> ascending, long all, double dense, double kept) {
    if (ascending.isEmpty() || kept < ascending.get(0).kept()) {
      return UNKNOWN;
    }
    Level below =
        ascending.stream().filter(level -> level.kept() <= kept).reduce((a, b) -> b).orElseThrow();
    Level above =
        ascending.stream()
            .filter(level -> level.kept() > kept)
            .findFirst()
            .orElse(new Level(all, dense));
    double share = (kept - below.kept()) / (above.kept() - below.kept());
    double loss = below.loss() + share * (above.loss() - below.loss());
    return figure(1_000 * (loss - dense));
  }

  private static String figure(double value) {
    double size = Math.abs(value);
    return Figures.format(size < 10 ? "%.2f" : size < 100 ? "%.1f" : "%.0f", value);
  }
}
