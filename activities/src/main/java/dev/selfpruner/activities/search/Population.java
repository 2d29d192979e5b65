package dev.selfpruner.activities.search;

import java.util.Comparator;
import java.util.List;

/** The survivors of an iteration, best first: the content of a snapshot's artifact. */
public record Population(int iteration, List<Individual> individuals) {
  public Population {
    individuals =
        individuals.stream().sorted(Comparator.comparingDouble(Individual::perplexity)).toList();
    if (iteration < 0 || individuals.isEmpty()) {
      throw new IllegalArgumentException("a population has an iteration and survivors");
    }
  }

  public Individual best() {
    return individuals.get(0);
  }

  public CandidateSet candidates() {
    return new CandidateSet(individuals.stream().map(Individual::candidate).toList());
  }
}
