package dev.selfpruner.infra.report;

import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.infra.Printable;
import dev.selfpruner.workflows.SearchProgress;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** A search's progress in one line. */
final class ProgressLine {
  private static final int BAR = 24;

  private ProgressLine() {}

  static String of(SearchProgress progress, Optional<Duration> left) {
    if (!progress.paused().isEmpty()) {
      return "paused: %s; iteration %d, %d/%d evaluations"
          .formatted(
              Printable.line(progress.paused()),
              progress.iteration(),
              progress.evaluated(),
              progress.evaluations());
    }
    return switch (progress.phase()) {
      case CALIBRATING -> "calibrating: one pass of the dense model";
      case PROBING -> probing(progress);
      case SEARCHING -> searching(progress, left);
      case RANKING -> "comparing the last population on held-out text";
      case FITTING -> "carrying out the best plan";
      case MEASURING -> "measuring dense, uniform and searched on the test text, and pruning";
      case FINISHED -> "finished";
    };
  }

  private static String probing(SearchProgress progress) {
    return String.format(
        Locale.ROOT,
        "measuring single blocks: %,d evaluations, %s tokens",
        progress.evaluated(),
        tokens(progress.tokens()));
  }

  private static String searching(SearchProgress progress, Optional<Duration> left) {
    StringBuilder line = new StringBuilder();
    line.append(
        "%s %d/%d evaluations, iteration %d"
            .formatted(
                bar(progress.evaluated(), progress.evaluations()),
                progress.evaluated(),
                progress.evaluations(),
                progress.iteration()));
    if (Double.isFinite(progress.best())) {
      line.append(", best ").append(perplexity(progress.best()));
    }
    if (progress.tokens() > 0) {
      line.append(", ").append(tokens(progress.tokens())).append(" tokens");
    }
    Spending spending = progress.spending();
    if (spending.tokens() > 0) {
      line.append(String.format(Locale.ROOT, ", %,d LLM tokens", spending.tokens()));
    }
    if (spending.cost() > 0) {
      line.append(" (").append(LlmUse.dollars(spending.cost())).append(')');
    }
    left.ifPresent(duration -> line.append(", ").append(clock(duration)).append(" left"));
    return line.toString();
  }

  /** {@code 950}, {@code 12,300}, {@code 25.0 million}: through the model. */
  static String tokens(long tokens) {
    return tokens < 1_000_000
        ? String.format(Locale.ROOT, "%,d", tokens)
        : String.format(Locale.ROOT, "%,.1f million", tokens / 1e6);
  }

  private static String bar(int done, int all) {
    int filled = (int) ((long) BAR * Math.min(done, all) / Math.max(1, all));
    return "[" + "#".repeat(filled) + "-".repeat(BAR - filled) + "]";
  }

  static String perplexity(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "infinite";
  }

  /** {@code 0:42}, {@code 12:05}, {@code 3:00:10}. */
  static String clock(Duration duration) {
    long seconds = Math.max(0, Math.round(duration.toMillis() / 1000.0));
    return seconds < 3600
        ? "%d:%02d".formatted(seconds / 60, seconds % 60)
        : "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
