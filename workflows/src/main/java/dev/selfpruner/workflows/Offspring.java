package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.Mix;
import dev.selfpruner.activities.search.Operator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is asked for in an iteration of a search with a method. */
final class Offspring {
  /** A descent's candidates: within one, two and three steps a block. */
  static final int OF_A_DESCENT = 3;

  private Offspring() {}

  /**
   * Candidates wanted of each operator, beside those of a descent: while there are descents, an
   * LLM's alone, which knows what was probed; what chance makes comes after them, where a descent
   * gains nothing more.
   *
   * @param credits of the search until now
   */
  static SortedMap<Operator, Integer> wanted(
      SearchSpec spec, Method method, int iteration, List<Credit> credits) {
    Evolution evolution = spec.evolution();
    SortedMap<Operator, Integer> wanted = new TreeMap<>();
    if (iteration == 0) {
      wanted.put(Operator.INITIALISE, initial(spec, method));
      return wanted;
    }
    boolean descends = descends(method.mix(), iteration);
    if (!descends) {
      wanted.put(Operator.LEVEL_SWITCH, method.mix().levelSwitches());
    }
    if (!descends || spec.generator() instanceof Generator.LargeLanguageModel) {
      wanted.put(Operator.MUTATE, evolution.mutations());
      wanted.put(Operator.CROSS_OVER, evolution.crossovers());
    }
    wanted.values().removeIf(count -> count == 0);
    return method.mix().adaptive() && !wanted.isEmpty() ? Shares.of(wanted, credits) : wanted;
  }

  /** Candidates of the first population, before selection. */
  static int initial(SearchSpec spec, Method method) {
    return Math.max(spec.evolution().population(), method.mix().initial());
  }

  static boolean descends(Mix mix, int iteration) {
    return iteration >= 1 && iteration <= mix.descents();
  }
}
