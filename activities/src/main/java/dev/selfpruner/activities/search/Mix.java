package dev.selfpruner.activities.search;

/**
 * What makes the offspring of an iteration, beside what the generator mutates and crosses over
 * ({@link Evolution}).
 *
 * @param levelSwitches offspring by moving units from one block to another (EvoPress, section 3.1)
 * @param descents iterations, from the first on, whose best individual is probed one step up and
 *     down in every block, and followed by what those probes recommend
 * @param adaptive whether the numbers of level switches, mutations and crossovers shift towards
 *     those whose offspring survive, their sum staying the same
 */
public record Mix(int levelSwitches, int descents, boolean adaptive) {
  public Mix {
    if (levelSwitches < 0 || descents < 0) {
      throw new IllegalArgumentException(
          "no negative numbers: %d level switches, %d descents".formatted(levelSwitches, descents));
    }
  }
}
