package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.PopulationSnapshot;
import java.util.List;

/**
 * What an iteration starts from.
 *
 * @param spec of the search
 * @param calibration of its model
 * @param iteration number of the iteration; 0 makes the first population
 * @param parents the population before it; none for iteration 0, then one
 */
public record IterationInput(
    SearchSpec spec, Calibration calibration, int iteration, List<PopulationSnapshot> parents) {
  public IterationInput {
    parents = List.copyOf(parents);
    if (parents.size() != (iteration == 0 ? 0 : 1)) {
      throw new IllegalArgumentException(
          "iteration %d with %d populations before it".formatted(iteration, parents.size()));
    }
  }
}
