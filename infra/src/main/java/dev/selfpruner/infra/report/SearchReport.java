package dev.selfpruner.infra.report;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.SearchResult;
import java.nio.file.Path;
import java.util.ArrayList;
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
  /** The share of candidates in an LLM's place above which a search isn't the LLM's. */
  private static final double MOST_FALLBACKS = 0.5;

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
            Map.entry("fallbackShare", fallbackShare()),
            Map.entry("llm", use().json()),
            Map.entry("exhausted", result.exhausted()),
            Map.entry("run", run),
            Map.entry("searchKey", result.searchKey()),
            Map.entry("output", output.toString())));
  }

  /** A table and where the result lies, for people. */
  public String text() {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "%-10s %12s %14s %8s".formatted("", "perplexity", "parameters", "kept"),
                row("dense", result.dense()),
                row("uniform", result.uniform()),
                row("searched", result.searched()),
                "",
                "%d evaluations%s; kept is the share of the decoder blocks' parameters"
                    .formatted(result.evaluations(), known())));
    if (askedAnLlm()) {
      lines.addAll(aboutLlm());
    }
    lines.add("model: " + output);
    return String.join(System.lineSeparator(), lines);
  }

  private String known() {
    return result.alreadyKnown() > 0
        ? ", %d of them known before".formatted(result.alreadyKnown())
        : "";
  }

  private List<String> aboutLlm() {
    List<String> lines = new ArrayList<>();
    String limited = use().limited();
    lines.add("LLM: " + use().bill() + (limited.isEmpty() ? "" : "; limited to " + limited));
    if (result.isExhausted()) {
      lines.add(
          "ended early by %s: the same command with a higher one goes on from here"
              .formatted(result.exhausted()));
    }
    if (result.fallbacks() > 0) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%d of %d candidates (%.0f %%) are by the built-in operators in the LLM's place",
              result.fallbacks(),
              result.evaluations(),
              100 * fallbackShare()));
    }
    if (fallbackShare() > MOST_FALLBACKS) {
      lines.add(
          "This search lived on them: its result is the built-in operators', not the LLM's ('selfpruner inspect' shows what was wrong with the answers)");
    }
    return lines;
  }

  private boolean askedAnLlm() {
    return result.spending().calls() > 0 || result.fallbacks() > 0 || result.isExhausted();
  }

  private double fallbackShare() {
    return (double) result.fallbacks() / Math.max(1, result.evaluations());
  }

  private LlmUse use() {
    return new LlmUse(result.spending(), result.limits());
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
