package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Fitness;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Survival of the fittest: Top-K of parents and offspring (Algorithm 1, line 4). */
final class Selection {
  private Selection() {}

  /** The {@code count} lowest perplexities, best first; equal ones in the order of their ids. */
  static List<Fitness> best(List<Fitness> parents, List<Fitness> offspring, int count) {
    return Stream.concat(parents.stream(), offspring.stream())
        .sorted(Comparator.comparingDouble(Fitness::perplexity).thenComparing(Fitness::candidateId))
        .limit(count)
        .toList();
  }
}
