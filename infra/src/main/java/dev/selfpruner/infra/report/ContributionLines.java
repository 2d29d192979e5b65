package dev.selfpruner.infra.report;

import dev.selfpruner.infra.inspect.Contribution;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which operators' candidates survived, a line an operator. */
final class ContributionLines {
  private ContributionLines() {}

  static List<String> of(List<Contribution> contributions) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%-13s %9s %10s %14s %14s"
            .formatted("operator", "offspring", "survivors", "LLM offspring", "LLM survivors"));
    contributions.forEach(
        each ->
            lines.add(
                "%-13s %9d %10d %14d %14d"
                    .formatted(
                        each.operator().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        each.offspring(),
                        each.survivors(),
                        each.offspringOfLlm(),
                        each.survivorsOfLlm())));
    if (contributions.stream().anyMatch(each -> each.offspringOfLlm() > 0)) {
      lines.add(ofLlm(contributions));
    }
    return lines;
  }

  private static String ofLlm(List<Contribution> contributions) {
    int survivors = contributions.stream().mapToInt(Contribution::survivors).sum();
    int llm = contributions.stream().mapToInt(Contribution::survivorsOfLlm).sum();
    return String.format(
        Locale.ROOT,
        "the LLM made %d of %d survivors of their own iteration (%.1f %%)",
        llm,
        survivors,
        100.0 * llm / Math.max(1, survivors));
  }
}
