package dev.selfpruner.infra.report;

import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.LatencyFigures;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a search's models take, beside what was allowed. */
final class LatencyLines {
  private LatencyLines() {}

  static List<String> of(LatencyFigures figures) {
    return List.of(
        String.format(
            Locale.ROOT,
            "latency on %s, %s: %.4g ms allowed; foretold: dense %.4g, uniform %.4g, searched %.4g",
            figures.target().device(),
            shape(figures.target()),
            figures.allowed(),
            figures.dense(),
            figures.uniform(),
            figures.searched()),
        String.format(
            Locale.ROOT,
            "measured as whole models: dense %.4g ms, searched %.4g",
            figures.measuredDense(),
            figures.measuredSearched()));
  }

  static Map<String, Object> json(LatencyFigures figures) {
    return new TreeMap<>(
        Map.of(
            "target",
            figures.target(),
            "allowedMilliseconds",
            figures.allowed(),
            "predictedMilliseconds",
            Map.of(
                "dense",
                figures.dense(),
                "uniform",
                figures.uniform(),
                "searched",
                figures.searched()),
            "measuredMilliseconds",
            Map.of("dense", figures.measuredDense(), "searched", figures.measuredSearched())));
  }

  /** {@code at most 12.00 ms on cpu, 1 x 256 tokens}. */
  static String of(Target.Latency target) {
    String most;
    if (target instanceof Target.Milliseconds time) {
      most = String.format(Locale.ROOT, "%.4g ms", time.milliseconds());
    } else {
      Target.TimeShare part = (Target.TimeShare) target;
      most = String.format(Locale.ROOT, "%.4g %% of the dense model's time", 100 * part.share());
    }
    return "at most %s on %s, %s".formatted(most, target.device(), shape(target));
  }

  private static String shape(Target.Latency target) {
    return String.format(Locale.ROOT, "%,d x %,d tokens", target.sequences(), target.tokens());
  }
}
