package dev.selfpruner.activities.search;

import java.util.Comparator;
import java.util.List;

/**
 * All that an iteration evaluated, survivors or not.
 *
 * @param iteration number of the iteration; 0 made the first population
 * @param individuals best first
 */
public record Trials(int iteration, List<Individual> individuals) {
  public Trials {
    individuals =
        individuals.stream().sorted(Comparator.comparingDouble(Individual::perplexity)).toList();
  }
}
