package dev.selfpruner.workflows;

import dev.selfpruner.activities.FailureTypes;
import dev.selfpruner.activities.search.Fitness;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Survival of the fittest: Top-K of parents and offspring (Algorithm 1, line 4). */
final class Selection {
  private static final Comparator<Fitness> BEST_FIRST =
      Comparator.comparingDouble(Fitness::perplexity).thenComparing(Fitness::candidateId);

  private Selection() {}

  /**
   * A population to go on with.
   *
   * @throws ApplicationFailure if none of it has a perplexity: there is nothing to choose by
   */
  static List<Fitness> requireOne(List<Fitness> population) {
    boolean noneLeft = population.stream().noneMatch(Fitness::isFinite);
    if (noneLeft && Policies.endsWhereAllFail()) {
      Fitness first = population.get(0);
      throw ApplicationFailure.newNonRetryableFailure(
          "all %d candidates failed, %s with: %s - does the model give numbers by itself (selfpruner evaluate), is its numeric type wide enough, is there memory?"
              .formatted(
                  population.size(),
                  first.candidateId(),
                  first.failed().isEmpty() ? "an infinite perplexity" : first.failed()),
          FailureTypes.ALL_FAILED);
    }
    return population;
  }

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
