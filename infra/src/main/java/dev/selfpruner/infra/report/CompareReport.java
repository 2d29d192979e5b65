package dev.selfpruner.infra.report;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.workflows.CompareResult;
import dev.selfpruner.workflows.CompareRow;
import dev.selfpruner.workflows.CompareSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A finished comparison as it is shown. */
public record CompareReport(CompareSpec spec, CompareResult result) {

  /** A table, a line a variant. */
  public String text() {
    return CompareTable.of(this);
  }

  /** One line for machines; a perplexity that is infinite is the string {@code "Infinity"}. */
  public String json() {
    return Json.write(
        Map.of(
            "seeds",
            spec.seeds(),
            "variants",
            variants().stream().map(CompareReport::tree).toList()));
  }

  /** Whether no search came to a result. */
  public boolean isAllFailed() {
    return result.rows().stream().allMatch(row -> row.result().isEmpty());
  }

  List<ComparedVariant> variants() {
    List<ComparedVariant> variants = new ArrayList<>();
    int seeds = spec.seeds().size();
    for (int i = 0; i < spec.entries().size(); i++) {
      variants.add(
          new ComparedVariant(
              spec.entries().get(i), result.rows().subList(i * seeds, (i + 1) * seeds)));
    }
    return variants;
  }

  private static Map<String, Object> tree(ComparedVariant variant) {
    return Map.ofEntries(
        Map.entry("name", variant.name()),
        Map.entry("spec", variant.entry().spec()),
        Map.entry("searched", tree(variant.searched())),
        Map.entry("written", tree(variant.written())),
        Map.entry("fitness", tree(variant.fitness())),
        Map.entry("evaluations", variant.evaluations()),
        Map.entry("tokens", variant.tokens()),
        Map.entry("fallbackShare", variant.fallbackShare()),
        Map.entry("spending", variant.spending()),
        Map.entry("failures", variant.failures()),
        Map.entry("runs", variant.rows().stream().map(CompareReport::tree).toList()));
  }

  private static Map<String, Object> tree(Sample sample) {
    Map<String, Object> tree = new HashMap<>();
    sample.mean().ifPresent(mean -> tree.put("mean", mean));
    sample.standardDeviation().ifPresent(sd -> tree.put("standardDeviation", sd));
    return tree;
  }

  private static Map<String, Object> tree(CompareRow row) {
    Map<String, Object> tree = new HashMap<>();
    tree.put("seed", row.seed());
    if (!row.failure().isEmpty()) {
      tree.put("failure", row.failure());
    }
    for (SearchResult result : row.result()) {
      tree.put("searchKey", result.searchKey());
      tree.put("dense", result.dense().perplexity());
      tree.put("uniform", result.uniform().perplexity());
      tree.put("searched", result.searched().perplexity());
      result.fitted().forEach(fitted -> tree.put("fitted", fitted.perplexity()));
      tree.put("tokens", result.tokens());
      tree.put("credits", result.credits());
      tree.put("keptBlockShare", result.searched().keptBlockShare());
      tree.put("fitness", result.fitness());
      tree.put("evaluations", result.evaluations());
      tree.put("alreadyKnown", result.alreadyKnown());
      tree.put("fallbacks", result.fallbacks());
      tree.put("spending", result.spending());
      tree.put("exhausted", result.exhausted());
    }
    return tree;
  }
}
