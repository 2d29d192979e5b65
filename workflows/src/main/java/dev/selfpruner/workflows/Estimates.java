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
    return spec.method().stream()
        .mapToInt(method -> evaluations(spec, method, layers, probes))
        .findFirst()
        .orElse(spec.evolution().evaluations());
  }

  private static int evaluations(SearchSpec spec, Method method, int layers, int probes) {
    int all = probes + staged(method.stages(), Offspring.initial(spec, method), 0);
    for (int i = 1; i <= spec.evolution().iterations(); i++) {
      all += ofIteration(spec, method, layers, i);
    }
    return all + method.heldOut().size() * spec.evolution().population();
  }

  /**
   * Evaluations of the last {@code count} of {@code iterations}.
   *
   * @param layers of the model
   */
  static int further(SearchSpec spec, int layers, int iterations, int count) {
    int all = 0;
    for (int i = iterations - count + 1; i <= iterations; i++) {
      int number = i;
      all +=
          spec.method().stream()
              .mapToInt(method -> ofIteration(spec, method, layers, number))
              .findFirst()
              .orElse(spec.evolution().mutations() + spec.evolution().crossovers());
    }
    return all;
  }

  private static int ofIteration(SearchSpec spec, Method method, int layers, int iteration) {
    int offspring =
        Offspring.wanted(spec, method, iteration, List.of()).values().stream()
            .reduce(0, Integer::sum);
    int probes = 0;
    if (Offspring.descends(method.mix(), iteration)) {
      int blocks = method.space() == SearchSpace.BLOCKS ? 2 * layers : layers;
      offspring += Offspring.OF_A_DESCENT;
      probes = 2 * blocks + 1;
    }
    return probes + staged(method.stages(), offspring, spec.evolution().population());
  }

  private static int staged(List<Stage> stages, int offspring, int parents) {
    int all = parents;
    int left = offspring;
    for (Stage stage : stages.subList(0, stages.size() - 1)) {
      if (left > stage.survivors()) {
        all += left;
        left = stage.survivors();
      }
    }
    return all + left;
  }
}
