package dev.selfpruner.infra.report;

import dev.selfpruner.activities.plan.Level;
import dev.selfpruner.activities.plan.Sensitivity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What each block of a dense model costs alone, a line a layer. */
final class SensitivityLines {
  private SensitivityLines() {}

  static List<String> of(Sensitivity sensitivity) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "sensitivity: units kept of one block, and what the rest costs in thousandths of a nat a token");
    for (int i = 0; i < sensitivity.layers().size(); i++) {
      Sensitivity.Layer layer = sensitivity.layers().get(i);
      lines.add(
          layer.whole().isEmpty()
              ? "%-5d attention %-36s MLP %s"
                  .formatted(
                      i,
                      cells(layer.attention(), sensitivity.dense()),
                      cells(layer.mlp(), sensitivity.dense()))
              : "%-5d layer %s".formatted(i, cells(layer.whole(), sensitivity.dense())));
    }
    return lines;
  }

  /** The mildest cut, the middle one, and the severest. */
  private static String cells(List<Level> levels, double dense) {
    List<Level> mildest =
        levels.stream().sorted(Comparator.comparingLong(Level::kept).reversed()).toList();
    if (mildest.isEmpty()) {
      return "-";
    }
    int last = mildest.size() - 1;
    return List.of(0, last / 2, last).stream()
        .distinct()
        .map(mildest::get)
        .map(
            level ->
                String.format(
                    Locale.ROOT, "%,d: %+.1f", level.kept(), 1_000 * (level.loss() - dense)))
        .collect(Collectors.joining("  "));
  }
}
