package dev.selfpruner.llm.prompt;

import dev.selfpruner.activities.search.Individual;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** Individuals with their fitness, a line for each. */
final class PopulationTable {
  private PopulationTable() {}

  /** The rates as answers have them. */
  static String lists(List<Individual> individuals) {
    StringJoiner lines = new StringJoiner("\n");
    for (int i = 0; i < individuals.size(); i++) {
      Individual individual = individuals.get(i);
      lines.add(
          "%d. %s  fitness: %s"
              .formatted(
                  i + 1,
                  Figures.list(individual.candidate().rates()),
                  Figures.fitness(individual.perplexity(), "not finite, as bad as can be")));
    }
    return lines.toString();
  }

  /** The rates in three places, which is finer than what most plans differ by. */
  static String compact(List<Individual> individuals) {
    StringJoiner lines = new StringJoiner("\n");
    for (int i = 0; i < individuals.size(); i++) {
      Individual individual = individuals.get(i);
      String rates =
          individual.candidate().rates().rates().stream()
              .map(rate -> Figures.format("%.3f", rate))
              .collect(Collectors.joining(" "));
      lines.add(
          "%d. %s | %s"
              .formatted(i + 1, Figures.fitness(individual.perplexity(), "infinite"), rates));
    }
    return lines.toString();
  }
}
