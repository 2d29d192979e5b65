package dev.selfpruner.activities.search;

import java.util.Optional;

/**
 * What makes the offspring of an iteration, beside what the generator mutates and crosses over
 * ({@link Evolution}).
 *
 * @param levelSwitches offspring by moving units from one block to another (EvoPress, section 3.1)
 * @param descents iterations, from the first on, whose best individual is probed one step up and
 *     down in every block, and followed by what those probes recommend
 * @param initial candidates of the first population, before selection leaves as many as there are
 *     to be; null means that there is no choice
 * @param adaptive whether the numbers of level switches, mutations and crossovers shift towards
 *     those whose offspring survive, their sum staying the same
 */
public record Mix(int levelSwitches, int descents, Integer initial, boolean adaptive) {
  public Mix {
    initial = Optional.ofNullable(initial).orElse(0);
    if (levelSwitches < 0 || descents < 0 || initial < 0) {
      throw new IllegalArgumentException(
          "no negative numbers: %d level switches, %d descents, %d initial candidates"
              .formatted(levelSwitches, descents, initial));
    }
  }

  /** With no choice for the first population. */
  public Mix(int levelSwitches, int descents, boolean adaptive) {
    this(levelSwitches, descents, 0, adaptive);
  }
}
