package dev.selfpruner.gpu.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Seeded choices. Built on {@link Random}, whose algorithm is part of Java's specification, and on
 * exact arithmetic, so that a seed means the same text on every JVM.
 */
final class Dice {
  /** Ranks start here, so that the first word of a list is common and not overwhelming. */
  private static final int FIRST_RANK = 3;

  private final Random random;

  Dice(long seed) {
    this.random = new Random(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  int between(int lowest, int highest) {
    return lowest + random.nextInt(highest - lowest + 1);
  }

  boolean oneIn(int outcomes) {
    return random.nextInt(outcomes) == 0;
  }

  <T> T any(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** A choice whose probability falls with one over its rank, as words' frequencies do. */
  <T> T common(List<T> choices) {
    double total = 0;
    for (int i = 0; i < choices.size(); i++) {
      total += 1.0 / (i + FIRST_RANK);
    }
    double left = random.nextDouble() * total;
    for (int i = 0; i < choices.size(); i++) {
      left -= 1.0 / (i + FIRST_RANK);
      if (left < 0) {
        return choices.get(i);
      }
    }
    return choices.get(choices.size() - 1);
  }

  /** Different choices, the common ones more often. */
  <T> List<T> several(List<T> choices, int count) {
    List<T> left = new ArrayList<>(choices);
    List<T> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      T choice = common(left);
      left.remove(choice);
      chosen.add(choice);
    }
    return chosen;
  }
}
