package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.Stage;
import java.util.List;

/**
 * How much a search does that measures first.
 *
 * @param population survivors of each iteration
 * @param descents first iterations, which follow what single steps are predicted to bring
 * @param iterations in all
 * @param initial candidates of the first population, before selection
 * @param offspring of each other iteration
 * @param probeLevels widths that every MLP is measured at by itself
 * @param probeWindows that single blocks are measured on
 * @param stages of selection
 */
record MethodSizes(
    int population,
    int descents,
    int iterations,
    int initial,
    int offspring,
    int probeLevels,
    int probeWindows,
    List<Stage> stages) {
  /** What measured best on a model of 135 million parameters, with 25 million tokens. */
  static final MethodSizes USUAL =
      new MethodSizes(
          3, 10, 40, 32, 32, 11, 8, List.of(new Stage(1, 8), new Stage(4, 3), new Stage(16, 3)));

  /** For the demo's model and texts: ends in about 20 seconds on two cores. */
  static final MethodSizes DEMO =
      new MethodSizes(3, 4, 10, 8, 8, 5, 4, List.of(new Stage(2, 4), new Stage(8, 3)));

  /** An LLM makes one of so many offspring by mutation, and one by crossover. */
  private static final int LLM_SHARE = 8;

  MethodSizes {
    stages = List.copyOf(stages);
  }

  /** Offspring by mutation, and as many by crossover. */
  int fromLlm() {
    return offspring / LLM_SHARE;
  }

  /** Offspring by level switches. */
  int levelSwitches(boolean besideLlm) {
    return besideLlm ? offspring - 2 * fromLlm() : offspring;
  }
}
