package dev.selfpruner.infra.report;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.SearchResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A finished search as it is shown.
 *
 * @param sparsity share of the block parameters that was to be removed
 * @param output directory that the pruned model lies in
 * @param run number of the search run
 */
public record SearchReport(SearchResult result, double sparsity, Path output, int run) {

  /** One line for machines; a perplexity that is infinite is the string {@code "Infinity"}. */
  public String json() {
    return Json.write(
        Map.ofEntries(
            Map.entry("dense", result.dense().perplexity()),
            Map.entry("uniform", result.uniform().perplexity()),
            Map.entry("searched", result.searched().perplexity()),
            Map.entry("sparsity", sparsity),
            Map.entry(
                "parameters",
                Map.of(
                    "before",
                    result.dense().parameters(),
                    "after",
                    result.searched().parameters())),
            Map.entry("keptBlockShare", result.searched().keptBlockShare()),
            Map.entry("fitness", result.fitness()),
            Map.entry("evaluations", result.evaluations()),
            Map.entry("alreadyKnown", result.alreadyKnown()),
            Map.entry("fallbacks", result.fallbacks()),
            Map.entry("run", run),
            Map.entry("searchKey", result.searchKey()),
            Map.entry("output", output.toString())));
  }

  /** A table and where the result lies, for people. */
  public String text() {
    return String.join(
        System.lineSeparator(),
        List.of(
            "%-10s %12s %14s %8s".formatted("", "perplexity", "parameters", "kept"),
            row("dense", result.dense()),
            row("uniform", result.uniform()),
            row("searched", result.searched()),
            "",
            "%d evaluations%s; kept is the share of the decoder blocks' parameters"
                .formatted(result.evaluations(), asides()),
            "model: " + output));
  }

  private String asides() {
    StringBuilder asides = new StringBuilder();
    if (result.alreadyKnown() > 0) {
      asides.append(", %d of them known before".formatted(result.alreadyKnown()));
    }
    if (result.fallbacks() > 0) {
      asides.append(
          ", %d candidates by the built-in operators in the LLM's place"
              .formatted(result.fallbacks()));
    }
    return asides.toString();
  }

  private static String row(String name, Measurement measurement) {
    return String.format(
        Locale.ROOT,
        "%-10s %12s %,14d %7.2f%%",
        name,
        ProgressLine.perplexity(measurement.perplexity()),
        measurement.parameters(),
        100 * measurement.keptBlockShare());
  }
}
