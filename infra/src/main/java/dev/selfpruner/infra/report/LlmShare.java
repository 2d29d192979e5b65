package dev.selfpruner.infra.report;

import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.llm.operators.BuiltInOperators;
import dev.selfpruner.workflows.SearchSpec;
import java.util.Set;

/**
 * How much of a search was its LLM's.
 *
 * @param spec what was searched
 */
record LlmShare(SearchSpec spec, SearchResult result) {
  private static final Set<Operator> GENERATORS = Set.of(Operator.MUTATE, Operator.CROSS_OVER);

  /** Share of the candidates asked for that the built-in operators made in its place. */
  double fallbacks() {
    return (double) result.fallbacks() / Math.max(1, asked());
  }

  /** Candidates that an LLM was asked for: not the first ones, where those are drawn at random. */
  int asked() {
    boolean first = spec.initialisation() instanceof Generator.LargeLanguageModel;
    int population = spec.evolution().population();
    if (spec.method().isEmpty()) {
      return first ? result.evaluations() : result.evaluations() - population;
    }
    boolean measured = spec.method().get(0).probing().windows() > 0;
    int offspring =
        spec.generator() instanceof Generator.LargeLanguageModel
            ? result.credits().stream()
                .filter(credit -> GENERATORS.contains(credit.operator()))
                .mapToInt(Credit::offspring)
                .sum()
            : 0;
    return offspring + (first ? BuiltInOperators.shareOfLlm(population, measured) : 0);
  }
}
