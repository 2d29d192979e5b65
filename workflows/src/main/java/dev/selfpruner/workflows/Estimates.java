package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.activities.search.Stage;
import java.util.List;

/** How many evaluations a search asks for, as far as that is known. */
final class Estimates {
  private Estimates() {}

  /**
   * Evaluations of the whole search: exact without a method, else about as many.
   *
   * @param layers of the model; 0 while they aren't known
   * @param probes of the dense model's blocks; 0 while they aren't known
   */
  static int evaluations(SearchSpec spec, int layers, int probes) {
    return bounded(
        spec.method().stream()
            .mapToDouble(method -> evaluations(spec, method, layers, probes))
            .findFirst()
            .orElse(spec.evolution().evaluations()));
  }

  private static double evaluations(SearchSpec spec, Method method, int layers, int probes) {
    return probes
        + staged(method.stages(), Offspring.initial(spec, method), 0)
        + ofIterations(spec, method, layers, 1, spec.evolution().iterations())
        + method.heldOut().size() * (double) spec.evolution().population();
  }

  /**
   * Evaluations of the last {@code count} of {@code iterations}.
   *
   * @param layers of the model
   */
  static int further(SearchSpec spec, int layers, int iterations, int count) {
    double published = (double) spec.evolution().mutations() + spec.evolution().crossovers();
    return bounded(
        spec.method().stream()
            .mapToDouble(
                method -> ofIterations(spec, method, layers, iterations - count + 1, iterations))
            .findFirst()
            .orElse(count * published));
  }

  /** Of two parts of a search. */
  static int sum(int some, int more) {
    return bounded((double) some + more);
  }

  /** Those that descend ask for equally many, and so do those after them. */
  private static double ofIterations(
      SearchSpec spec, Method method, int layers, int first, int last) {
    int descending = Math.max(0, Math.min(last, method.mix().descents()) - first + 1);
    int others = last - first + 1 - descending;
    double all = 0;
    if (descending > 0) {
      all += descending * ofIteration(spec, method, layers, first);
    }
    if (others > 0) {
      all += others * ofIteration(spec, method, layers, last);
    }
    return all;
  }

  private static double ofIteration(SearchSpec spec, Method method, int layers, int iteration) {
    double offspring =
        Offspring.wanted(spec, method, iteration, List.of()).values().stream()
            .mapToDouble(Integer::doubleValue)
            .sum();
    double probes = 0;
    if (Offspring.descends(method.mix(), iteration)) {
      int blocks = method.space() == SearchSpace.BLOCKS ? 2 * layers : layers;
      offspring += Offspring.OF_A_DESCENT;
      probes = 2 * blocks + 1;
    }
    return probes + staged(method.stages(), offspring, spec.evolution().population());
  }

  private static double staged(List<Stage> stages, double offspring, int parents) {
    double all = parents;
    double left = offspring;
    for (Stage stage : stages.subList(0, stages.size() - 1)) {
      if (left > stage.survivors()) {
        all += left;
        left = stage.survivors();
      }
    }
    return all + left;
  }

  /** Sizes that people give may be beyond what can be counted. */
  private static int bounded(double evaluations) {
    return (int) Math.min(evaluations, Integer.MAX_VALUE);
  }
}
