package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;

/**
 * Measured probes: the content of an artifact.
 *
 * @param candidates artifact: the {@link CandidateSet} that they belong to
 * @param fitness of each, on the same windows
 */
public record Probes(ArtifactRef candidates, List<Fitness> fitness) {
  public Probes {
    fitness = List.copyOf(fitness);
  }
}
