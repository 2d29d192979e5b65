package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Stage;
import dev.selfpruner.activities.search.TextWindows;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Selection in rounds with growing windows (EvoPress, section 3.2): all offspring on few windows,
 * the better ones on more, and the last of them beside their parents on the most.
 *
 * @param evaluate measures lots on windows, in their order
 */
record StagedSelection(
    List<Stage> stages,
    Draws draws,
    int iteration,
    BiFunction<List<Lot>, TextWindows, List<Fitness>> evaluate) {

  /**
   * What selection leaves.
   *
   * @param population the best of parents and offspring, best first
   * @param finalists offspring of the last round, on the same windows as the population, and those
   *     that failed in an earlier one
   * @param totals of what was measured
   * @param windows of the last round: one, or none where it wasn't held
   */
  record Outcome(
      List<Fitness> population,
      List<Fitness> finalists,
      Totals totals,
      List<TextWindows> windows) {}

  /**
   * Selects. A round before the last that would let all go on isn't held.
   *
   * @param incumbents the parents as they were measured last: the population where there are no
   *     offspring
   */
  Outcome select(List<Lot> parents, List<Fitness> incumbents, List<Lot> offspring) {
    List<Lot> left = offspring;
    List<Fitness> measured = new ArrayList<>();
    List<Fitness> failed = new ArrayList<>();
    int last = stages.size() - 1;
    for (int round = 0; round < last; round++) {
      if (Lot.size(left) > stages.get(round).survivors()) {
        List<Fitness> fitness = evaluate.apply(left, windows(round));
        measured.addAll(fitness);
        List<Fitness> best = Selection.distinct(List.of(), fitness, stages.get(round).survivors());
        failed.addAll(
            fitness.stream()
                .filter(each -> !each.failed().isEmpty() && !best.contains(each))
                .toList());
        left = chosen(left, best);
      }
    }
    if (Lot.size(left) == 0) {
      return new Outcome(incumbents, List.of(), Totals.of(measured), List.of());
    }
    TextWindows most = windows(last);
    List<Fitness> all =
        evaluate.apply(Stream.concat(parents.stream(), left.stream()).toList(), most);
    measured.addAll(all);
    List<Fitness> renewed = all.subList(0, Lot.size(parents));
    List<Fitness> finalists = all.subList(Lot.size(parents), all.size());
    return new Outcome(
        Selection.distinct(renewed, finalists, stages.get(last).survivors()),
        Stream.concat(finalists.stream(), failed.stream()).toList(),
        Totals.of(measured),
        List.of(most));
  }

  private TextWindows windows(int round) {
    return draws.stage(iteration, round, stages.get(round).windows());
  }

  private static List<Lot> chosen(List<Lot> lots, List<Fitness> best) {
    Set<String> ids = best.stream().map(Fitness::candidateId).collect(Collectors.toSet());
    return lots.stream().map(lot -> lot.only(ids)).toList();
  }
}
