package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.ProbeResult;
import java.util.List;

/**
 * What a search has measured.
 *
 * @param evaluated evaluations: of a candidate or a probe, on some windows
 * @param alreadyKnown how many of them were found in the store
 * @param tokens that went through pruned models for them
 */
record Totals(int evaluated, int alreadyKnown, long tokens) {
  private static final Totals NOTHING = new Totals(0, 0, 0);

  /**
   * Before an iteration: what its parents' record says, or the groundwork where it is the first.
   */
  static Totals before(List<PopulationSnapshot> parents, List<Groundwork> groundwork) {
    if (parents.isEmpty()) {
      return groundwork.stream()
          .flatMap(each -> each.probes().stream())
          .map(Totals::of)
          .reduce(NOTHING, Totals::plus);
    }
    PopulationSnapshot last = parents.get(0);
    return new Totals(last.evaluated(), last.alreadyKnown(), last.tokens());
  }

  static Totals of(ProbeResult probes) {
    return new Totals(probes.evaluated(), probes.alreadyKnown(), probes.tokens());
  }

  static Totals of(List<Fitness> fitness) {
    return new Totals(
        fitness.size(),
        (int) fitness.stream().filter(Fitness::alreadyKnown).count(),
        fitness.stream().mapToLong(Fitness::tokens).sum());
  }

  Totals plus(Totals other) {
    return new Totals(
        evaluated + other.evaluated, alreadyKnown + other.alreadyKnown, tokens + other.tokens);
  }
}
