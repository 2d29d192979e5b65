package dev.selfpruner.infra.report;

import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.infra.Printable;
import dev.selfpruner.workflows.CompareRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** A comparison for people. */
final class CompareTable {
  private CompareTable() {}

  static String of(CompareReport report) {
    List<ComparedVariant> variants = report.variants();
    int width = variants.stream().mapToInt(variant -> variant.name().length()).max().orElse(0);
    List<String> lines = new ArrayList<>();
    List<String> baselines =
        variants.stream()
            .flatMap(each -> each.results().stream())
            .map(CompareTable::baselines)
            .distinct()
            .toList();
    boolean shared = baselines.size() <= 1;
    lines.addAll(shared ? baselines : List.of());
    lines.add(
        "%%-%ds %%10s %%9s %%9s %%11s %%13s %%9s %%10s %%10s %%6s  by seed"
            .formatted(width)
            .formatted(
                "",
                "perplexity",
                "deviation",
                "fitness",
                "evaluations",
                "model tokens",
                "fallbacks",
                "LLM tokens",
                "US dollars",
                "failed"));
    for (ComparedVariant variant : variants) {
      lines.add(row(variant, width));
      if (!shared) {
        variant.results().stream()
            .map(CompareTable::baselines)
            .distinct()
            .forEach(line -> lines.add("  " + line));
      }
    }
    lines.add("");
    lines.add(
        "perplexity on the test text (of the model that is written) and fitness (on the search text) are means over the seeds %s; the rest are sums"
            .formatted(
                report.spec().seeds().stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining(", "))));
    lines.addAll(endedEarly(variants));
    lines.addAll(failures(variants));
    return String.join(System.lineSeparator(), lines);
  }

  private static String baselines(SearchResult result) {
    return "dense %s, uniform %s"
        .formatted(
            ProgressLine.perplexity(result.dense().perplexity()),
            ProgressLine.perplexity(result.uniform().perplexity()));
  }

  private static String row(ComparedVariant variant, int width) {
    return String.format(
        Locale.ROOT,
        "%-" + width + "s %10s %9s %9s %,11d %,13d %8.1f%% %,10d %10s %6d  %s",
        variant.name(),
        number(variant.written().mean()),
        number(variant.written().standardDeviation()),
        number(variant.fitness().mean()),
        variant.evaluations(),
        variant.tokens(),
        100 * variant.fallbackShare(),
        variant.spending().tokens(),
        variant.isPriced() ? String.format(Locale.ROOT, "%.4f", variant.spending().cost()) : "-",
        variant.failures(),
        variant.rows().stream().map(CompareTable::perplexity).collect(Collectors.joining(" ")));
  }

  private static String perplexity(CompareRow row) {
    return row.result().stream()
        .map(result -> ProgressLine.perplexity(ComparedVariant.written(result)))
        .findFirst()
        .orElse("failed");
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? ProgressLine.perplexity(value.getAsDouble()) : "-";
  }

  private static List<String> endedEarly(List<ComparedVariant> variants) {
    List<String> lines = new ArrayList<>();
    for (ComparedVariant variant : variants) {
      for (CompareRow row : variant.rows()) {
        row.result().stream()
            .filter(SearchResult::isExhausted)
            .map(
                result ->
                    "%s with seed %d ended early by %s"
                        .formatted(row.entry(), row.seed(), result.exhausted()))
            .forEach(lines::add);
      }
    }
    return lines;
  }

  private static List<String> failures(List<ComparedVariant> variants) {
    return variants.stream()
        .flatMap(variant -> variant.rows().stream())
        .filter(row -> !row.failure().isEmpty())
        .map(
            row ->
                "%s with seed %d failed: %s"
                    .formatted(row.entry(), row.seed(), Printable.line(row.failure())))
        .toList();
  }
}
