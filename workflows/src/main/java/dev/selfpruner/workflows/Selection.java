package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Fitness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Survival of the fittest: Top-K of parents and offspring (Algorithm 1, line 4). */
final class Selection {
  private static final Comparator<Fitness> BEST_FIRST =
      Comparator.comparingDouble(Fitness::perplexity).thenComparing(Fitness::candidateId);

  private Selection() {}

  /** The {@code count} lowest perplexities, best first; equal ones in the order of their ids. */
  static List<Fitness> best(List<Fitness> parents, List<Fitness> offspring, int count) {
    return Stream.concat(parents.stream(), offspring.stream())
        .sorted(BEST_FIRST)
        .limit(count)
        .toList();
  }

  /**
   * The {@code count} lowest perplexities, best first, all measured on the same windows. One that a
   * parent or another one has exactly is left out: it belongs to the same plan, whose evaluation
   * has one key and so one number, and only operators that know each other's candidates could have
   * told before.
   */
  static List<Fitness> distinct(List<Fitness> parents, List<Fitness> offspring, int count) {
    List<Fitness> ordered =
        Stream.concat(parents.stream().sorted(BEST_FIRST), offspring.stream().sorted(BEST_FIRST))
            .sorted(Comparator.comparingDouble(Fitness::perplexity)) // stable: parents stay first
            .toList();
    List<Fitness> kept = new ArrayList<>();
    double before = Double.NaN;
    for (Fitness each : ordered) {
      if (each.perplexity() != before || Double.isInfinite(before)) {
        kept.add(each);
      }
      before = each.perplexity();
    }
    return List.copyOf(kept.subList(0, Math.min(count, kept.size())));
  }
}
