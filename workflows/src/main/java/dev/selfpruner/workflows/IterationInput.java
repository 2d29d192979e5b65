package dev.selfpruner.workflows;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.TextWindows;
import java.util.List;
import java.util.Optional;

/**
 * What an iteration starts from.
 *
 * @param spec of the search
 * @param calibration of its model
 * @param iteration number of the iteration; 0 makes the first population
 * @param parents the population before it; none for iteration 0, then one
 * @param groundwork of a search with a method: one, else none; null means none
 * @param injected artifacts of candidates that persons gave; null means none
 * @param seconds since the search began, while a workflow of it was open; null means 0
 */
public record IterationInput(
    SearchSpec spec,
    Calibration calibration,
    int iteration,
    List<PopulationSnapshot> parents,
    List<Groundwork> groundwork,
    List<ArtifactRef> injected,
    Long seconds) {
  public IterationInput {
    parents = List.copyOf(parents);
    injected = List.copyOf(Optional.ofNullable(injected).orElse(List.of()));
    groundwork = List.copyOf(Optional.ofNullable(groundwork).orElse(List.of()));
    seconds = Optional.ofNullable(seconds).orElse(0L);
    if (parents.size() != (iteration == 0 ? 0 : 1)) {
      throw new IllegalArgumentException(
          "iteration %d with %d populations before it".formatted(iteration, parents.size()));
    }
    if (groundwork.size() != spec.method().size()) {
      throw new IllegalArgumentException(
          "%d methods with groundwork of %d".formatted(spec.method().size(), groundwork.size()));
    }
  }

  /** What the search has spent before. */
  Spending spent() {
    return parents.stream()
        .map(PopulationSnapshot::spending)
        .reduce(Spending.NOTHING, Spending::plus);
  }

  /** Artifacts of the populations before it. */
  List<ArtifactRef> populations() {
    return parents.stream().map(PopulationSnapshot::population).toList();
  }

  /** Windows that the population before it was measured on, where that is known. */
  List<TextWindows> measuredOn() {
    return parents.stream().flatMap(parent -> parent.measuredOn().stream()).toList();
  }

  /** The population before it, best first. */
  List<Fitness> incumbents() {
    return parents.stream().flatMap(parent -> parent.survivors().stream()).toList();
  }

  /**
   * Iterations since a candidate became the best that hadn't been in the population before. Parents
   * are measured again on other windows: two that are nearly equal and change places are no gain.
   */
  int unchanged(Fitness best) {
    return parents.stream()
        .filter(
            parent ->
                parent.survivors().stream()
                    .anyMatch(each -> each.candidateId().equals(best.candidateId())))
        .mapToInt(parent -> parent.unchanged() + 1)
        .sum();
  }
}
