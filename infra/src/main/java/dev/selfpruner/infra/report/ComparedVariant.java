package dev.selfpruner.infra.report;

import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.workflows.CompareEntry;
import dev.selfpruner.workflows.CompareRow;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One side of a comparison and what its searches came to.
 *
 * @param rows one for every seed
 */
record ComparedVariant(CompareEntry entry, List<CompareRow> rows) {
  ComparedVariant {
    rows = List.copyOf(rows);
  }

  String name() {
    return entry.name();
  }

  /** Those of the searches that went to their end. */
  List<SearchResult> results() {
    return rows.stream().flatMap(row -> row.result().stream()).toList();
  }

  /** Perplexities of the searched models on the test text. */
  Sample searched() {
    return sample(result -> result.searched().perplexity());
  }

  /** Perplexities, on the test text, of the models that are written: fitted ones where one is. */
  Sample written() {
    return sample(ComparedVariant::written);
  }

  static double written(SearchResult result) {
    return result.fitted().stream().findFirst().orElse(result.searched()).perplexity();
  }

  /** Tokens through the model. */
  long tokens() {
    return results().stream().mapToLong(SearchResult::tokens).sum();
  }

  Sample fitness() {
    return sample(SearchResult::fitness);
  }

  int evaluations() {
    return results().stream().mapToInt(SearchResult::evaluations).sum();
  }

  /**
   * Share of the evaluated candidates that the built-in operators made in an LLM's place; where
   * evaluations are not one a candidate, of those that an LLM was asked for.
   */
  double fallbackShare() {
    int fallbacks = results().stream().mapToInt(SearchResult::fallbacks).sum();
    int all =
        entry.spec().method().isEmpty()
            ? evaluations()
            : results().stream()
                .mapToInt(result -> new LlmShare(entry.spec(), result).asked())
                .sum();
    return fallbacks / (double) Math.max(1, all);
  }

  Spending spending() {
    return results().stream().map(SearchResult::spending).reduce(Spending.NOTHING, Spending::plus);
  }

  /** Whether what its LLM cost is known. */
  boolean isPriced() {
    return results().stream()
        .allMatch(
            result ->
                result.spending().calls() == 0
                    || new LlmUse(result.spending(), result.limits()).isPriced());
  }

  int failures() {
    return rows.size() - results().size();
  }

  private Sample sample(ToDoubleFunction<SearchResult> quantity) {
    return new Sample(results().stream().map(quantity::applyAsDouble).toList());
  }
}
