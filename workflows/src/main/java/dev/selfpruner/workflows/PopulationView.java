package dev.selfpruner.workflows;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.PopulationSnapshot;
import java.util.List;

/**
 * The survivors of a search's last finished iteration.
 *
 * @param iteration that left them; -1 before the first population
 * @param population artifact with their rates and plans; none before the first population
 * @param survivors best first
 * @param credits of the operators, where they are counted
 */
public record PopulationView(
    int iteration, List<ArtifactRef> population, List<Fitness> survivors, List<Credit> credits) {
  public PopulationView {
    population = List.copyOf(population);
    survivors = List.copyOf(survivors);
    credits = List.copyOf(credits);
  }

  static PopulationView of(List<PopulationSnapshot> last) {
    return last.stream()
        .map(
            each ->
                new PopulationView(
                    each.iteration(), List.of(each.population()), each.survivors(), each.credits()))
        .findFirst()
        .orElseGet(() -> new PopulationView(-1, List.of(), List.of(), List.of()));
  }

  /** The same with the best alone. */
  PopulationView bestAlone() {
    return new PopulationView(
        iteration, population, survivors.subList(0, Math.min(1, survivors.size())), credits);
  }
}
