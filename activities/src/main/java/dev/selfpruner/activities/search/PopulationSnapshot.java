package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;

/**
 * The outcome of an iteration, small enough for a workflow's history.
 *
 * @param iteration the iteration that is finished; 0 is the first population
 * @param population artifact: a {@link Population} as JSON
 * @param survivors the population's fitness, best first
 * @param evaluated candidates evaluated since the search began
 * @param alreadyKnown how many of them were found in the store
 * @param fallbacks how many of them the built-in operator made in an LLM's place
 * @param improved the pruned model of every improved best so far, where the search keeps them
 */
public record PopulationSnapshot(
    int iteration,
    ArtifactRef population,
    List<Fitness> survivors,
    int evaluated,
    int alreadyKnown,
    int fallbacks,
    List<PrunedModel> improved) {
  public PopulationSnapshot {
    survivors = List.copyOf(survivors);
    improved = List.copyOf(improved);
    if (survivors.isEmpty()) {
      throw new IllegalArgumentException("a population has survivors");
    }
  }

  public Fitness best() {
    return survivors.get(0);
  }
}
