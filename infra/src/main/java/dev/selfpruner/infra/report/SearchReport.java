package dev.selfpruner.infra.report;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.Stops;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A finished search as it is shown.
 *
 * @param spec what was searched
 * @param output directory that the pruned model lies in
 * @param shape of the pruned model: none where nobody asks, else one
 */
public record SearchReport(
    SearchSpec spec, SearchResult result, Path output, List<PrunedShape> shape) {
  /** The share of candidates in an LLM's place above which a search isn't the LLM's. */
  private static final double MOST_FALLBACKS = 0.5;

  public SearchReport {
    shape = List.copyOf(shape);
  }

  /** One line for machines; a perplexity that is infinite is the string {@code "Infinity"}. */
  public String json() {
    Map<String, Object> json =
        new TreeMap<>(
            Map.ofEntries(
                Map.entry("dense", result.dense().perplexity()),
                Map.entry("uniform", result.uniform().perplexity()),
                Map.entry("searched", result.searched().perplexity()),
                Map.entry(
                    "parameters",
                    Map.of(
                        "before",
                        result.dense().parameters(),
                        "after",
                        result.searched().parameters())),
                Map.entry("format", ExportLines.id(result.model().format())),
                Map.entry("keptBlockShare", result.searched().keptBlockShare()),
                Map.entry("fitness", result.fitness()),
                Map.entry("evaluations", result.evaluations()),
                Map.entry("alreadyKnown", result.alreadyKnown()),
                Map.entry("fallbacks", result.fallbacks()),
                Map.entry("fallbackShare", share().fallbacks()),
                Map.entry("llm", use().json()),
                Map.entry("exhausted", result.exhausted()),
                Map.entry("run", spec.run()),
                Map.entry("model", spec.model()),
                Map.entry(
                    "texts",
                    Map.of(
                        "calibration",
                        spec.calibrationText(),
                        "search",
                        spec.searchText(),
                        "test",
                        spec.testText())),
                Map.entry("searchKey", result.searchKey()),
                Map.entry("output", output.toString())));
    if (!beyond().json().isEmpty()) {
      json.put("beyondLimits", beyond().json());
    }
    if (spec.latency().isEmpty()) {
      json.put("sparsity", spec.sparsity());
    }
    result.latency().forEach(figures -> json.put("latency", LatencyLines.json(figures)));
    if (!spec.method().isEmpty()) {
      json.putAll(ofMethod());
    }
    for (PrunedShape pruned : shape) {
      json.put("plan", pruned.plan());
      json.put("exports", ExportLines.json(pruned.exports()));
    }
    return Json.write(json);
  }

  /** What a search as published hasn't. */
  private Map<String, Object> ofMethod() {
    Map<String, Object> json = new TreeMap<>();
    result.fitted().forEach(fitted -> json.put("fitted", fitted.perplexity()));
    json.put("tokens", result.tokens());
    json.put("credits", result.credits());
    if (!result.notes().isEmpty()) {
      json.put("notes", result.notes());
    }
    json.put("method", spec.method().get(0));
    return json;
  }

  /** A table and where the result lies, for people. */
  public String text() {
    List<String> lines = new ArrayList<>();
    lines.add("%-10s %12s %14s %8s".formatted("", "perplexity", "parameters", "kept"));
    lines.add(row("dense", result.dense()));
    lines.add(row("uniform", result.uniform()));
    lines.add(row("searched", result.searched()));
    result.fitted().forEach(fitted -> lines.add(row("fitted", fitted)));
    lines.add("");
    lines.add(
        "%d evaluations%s%s; kept is the share of the decoder blocks' parameters"
            .formatted(result.evaluations(), known(), tokens()));
    if (!result.fitted().isEmpty()) {
      lines.add(
          "uniform and searched are made up for as candidates were; fitted is the model that is written");
    }
    result.latency().forEach(figures -> lines.addAll(LatencyLines.of(figures)));
    lines.add(texts());
    lines.addAll(result.notes());
    if (result.isExhausted()) {
      lines.add(
          "ended early by %s: the same command%s goes on from here"
              .formatted(
                  result.exhausted(),
                  Stops.isByPerson(result.exhausted()) ? "" : " with a higher one"));
    }
    lines.addAll(beyond().lines());
    if (askedAnLlm()) {
      lines.addAll(aboutLlm());
    }
    shape.forEach(
        pruned -> lines.addAll(ExportLines.of(pruned.exports(), result.model().format())));
    lines.add("model: " + output);
    return String.join(System.lineSeparator(), lines);
  }

  private String texts() {
    String heldOut =
        spec.method().stream()
            .flatMap(method -> method.heldOut().stream())
            .map(text -> ", ranked on " + described(text))
            .collect(Collectors.joining());
    return "calibrated on %s, searched on %s%s, reported on %s"
        .formatted(
            described(spec.calibrationText()),
            described(spec.searchText()),
            heldOut,
            described(spec.testText()));
  }

  private String known() {
    return result.alreadyKnown() > 0
        ? ", %d of them known before".formatted(result.alreadyKnown())
        : "";
  }

  private String tokens() {
    return result.tokens() > 0
        ? ", %s tokens through the model".formatted(ProgressLine.tokens(result.tokens()))
        : "";
  }

  private List<String> aboutLlm() {
    List<String> lines = new ArrayList<>();
    String limited = use().limited();
    lines.add("LLM: " + use().bill() + (limited.isEmpty() ? "" : "; limited to " + limited));
    if (result.fallbacks() > 0) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%d of %d candidates asked for (%.0f %%) are by the built-in operators in the LLM's place",
              result.fallbacks(),
              share().asked(),
              100 * share().fallbacks()));
    }
    if (share().fallbacks() > MOST_FALLBACKS) {
      lines.add(
          "This search lived on them: its result is the built-in operators', not the LLM's ('selfpruner inspect' shows what was wrong with the answers)");
    }
    return lines;
  }

  private boolean askedAnLlm() {
    return result.spending().calls() > 0
        || result.fallbacks() > 0
        || (result.isExhausted() && result.limits().any());
  }

  private BeyondLimits beyond() {
    return new BeyondLimits(spec.stopping(), result);
  }

  private LlmShare share() {
    return new LlmShare(spec, result);
  }

  /** {@code wiki.test.raw (all windows of 2,048 tokens)}. */
  private static String described(TextWindows text) {
    String windows =
        text.windows() == TextWindows.ALL
            ? "all windows"
            : text.windows() == 1
                ? "1 window"
                : String.format(Locale.ROOT, "%,d windows", text.windows());
    return String.format(
        Locale.ROOT,
        "%s (%s of %,d tokens)",
        text.path().replaceAll(".*[/\\\\]", ""),
        windows,
        text.sequenceLength());
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
