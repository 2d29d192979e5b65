package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.workflows.SearchProgress.Phase;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What Temporal's web interface shows of a search, as Markdown.
 *
 * @param progress how far it is
 * @param iterations that it is to have after its first population
 * @param last the iteration that was finished last; none before the first
 * @param stopped why it ends before its last iteration; empty where nobody wants that
 * @param note a line below the table; empty where there is none
 */
record SearchDetails(
    SearchProgress progress,
    int iterations,
    List<PopulationSnapshot> last,
    String stopped,
    String note) {
  /** Between columns, which the web interface sets without a gap. */
  static final String GAP = "\u2003";

  /** Candidates that are named. */
  private static final int BEST = 5;

  String markdown() {
    StringBuilder text = new StringBuilder();
    if (!progress.paused().isEmpty()) {
      text.append("**Paused:** %s\n\n".formatted(cell(progress.paused())));
    }
    if (!stopped.isEmpty()) {
      text.append("**Ends early:** %s\n\n".formatted(cell(stopped)));
    }
    text.append("| | |\n|---|---|\n");
    row(text, "phase", "%s", phase(progress));
    row(text, "iteration", "%,d of %,d", progress.iteration(), iterations);
    row(text, "evaluated", "%,d of %,d", progress.evaluated(), progress.evaluations());
    row(text, "found in the store", "%,d", progress.alreadyKnown());
    if (Double.isFinite(progress.best())) {
      row(text, "best perplexity", "%.3f", progress.best());
    }
    row(text, "tokens", "%,d", progress.tokens());
    row(text, "LLM tokens", "%,d", progress.spending().tokens());
    row(text, "spent", "%.4f US dollars", progress.spending().cost());
    last.forEach(population -> best(text, population));
    if (!note.isEmpty()) {
      text.append("\n").append(note).append("\n");
    }
    return apart(text.toString());
  }

  /** A table whose columns don't touch. */
  static String apart(String markdown) {
    return markdown.replace(" | ", GAP + " | ");
  }

  /** In lower case, or {@code paused}. */
  static String phase(SearchProgress progress) {
    return progress.paused().isEmpty() || progress.phase() == Phase.FINISHED
        ? progress.phase().name().toLowerCase(Locale.ROOT)
        : "paused";
  }

  private static void best(StringBuilder text, PopulationSnapshot population) {
    text.append(
        "\n| best of iteration %d | perplexity |\n|---|---|\n".formatted(population.iteration()));
    for (Fitness each : population.survivors().stream().limit(BEST).toList()) {
      row(text, each.candidateId(), "%.3f", each.perplexity());
    }
    if (!population.credits().isEmpty()) {
      text.append(
          population.credits().stream()
              .map(SearchDetails::line)
              .collect(Collectors.joining("\n", "\n| operator | survived |\n|---|---|\n", "\n")));
    }
  }

  private static String line(Credit credit) {
    return "| %s | %d of %d |"
        .formatted(
            credit.operator().name().toLowerCase(Locale.ROOT).replace('_', ' '),
            credit.survivors(),
            credit.offspring());
  }

  private static void row(StringBuilder text, String name, String format, Object... values) {
    text.append(
        "| %s | %s |\n".formatted(cell(name), cell(String.format(Locale.ROOT, format, values))));
  }

  private static String cell(String value) {
    return value.replace("|", "\\|").replace('\n', ' ');
  }
}
