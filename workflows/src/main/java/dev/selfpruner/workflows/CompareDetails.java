package dev.selfpruner.workflows;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** What Temporal's web interface shows of a comparison: its finished rows, as Markdown. */
final class CompareDetails {
  private CompareDetails() {}

  static String of(int searches, Collection<CompareRow> rows) {
    return SearchDetails.apart(
        "%d of %d searches finished\n\n| | seed | perplexity | evaluations |\n|---|---|---|---|\n%s"
            .formatted(
                rows.size(),
                searches,
                rows.stream().map(CompareDetails::line).collect(Collectors.joining("\n"))));
  }

  private static String line(CompareRow row) {
    String outcome =
        row.result().stream()
            .map(
                result ->
                    String.format(
                        Locale.ROOT,
                        "%.3f | %d",
                        result.searched().perplexity(),
                        result.evaluations()))
            .findFirst()
            .orElse("failed: %s | ".formatted(row.failure().replace('\n', ' ')));
    return "| %s | %d | %s |".formatted(row.entry(), row.seed(), outcome);
  }
}
