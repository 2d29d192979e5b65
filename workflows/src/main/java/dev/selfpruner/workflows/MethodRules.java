package dev.selfpruner.workflows;

import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.Mix;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.activities.search.Stage;
import java.util.List;

/** What a method has to be like, beyond what its parts say of themselves. */
final class MethodRules {
  private MethodRules() {}

  /**
   * @throws IllegalArgumentException that names the field, if no search can be made by the method
   */
  static void check(Method method, Evolution evolution) {
    for (double damping : method.dampings()) {
      if (!(damping > 0.0 && damping <= 1.0)) {
        throw new IllegalArgumentException("method.dampings: %s out of (0, 1]".formatted(damping));
      }
    }
    checkStages(method.stages(), evolution.population());
    checkMix(method.mix(), evolution);
  }

  /**
   * Checks a budget of time.
   *
   * @throws IllegalArgumentException that names the field, if there can't be one
   */
  static void checkLatency(List<Target.Latency> latency, double sparsity, List<Method> method) {
    if (latency.size() > 1) {
      throw new IllegalArgumentException("latency: a search has one target, not " + latency.size());
    }
    if (sparsity != 0) {
      throw new IllegalArgumentException(
          "latency and sparsity %s both say how much goes: give one of them, and 0 for the sparsity beside a latency"
              .formatted(sparsity));
    }
    if (method.stream().noneMatch(each -> each.space() == SearchSpace.BLOCKS)) {
      throw new IllegalArgumentException(
          "latency needs a method whose space is BLOCKS: one rate for attention and MLP doesn't say what a layer takes");
    }
  }

  private static void checkStages(List<Stage> stages, int population) {
    int last = stages.size() - 1;
    for (int i = 1; i <= last; i++) {
      Stage before = stages.get(i - 1);
      if (stages.get(i).windows() <= before.windows()) {
        throw new IllegalArgumentException(
            "method.stages[%d].windows: %d is not more than the %d of the stage before"
                .formatted(i, stages.get(i).windows(), before.windows()));
      }
      if (i < last && stages.get(i).survivors() > before.survivors()) {
        throw new IllegalArgumentException(
            "method.stages[%d].survivors: %d of the %d that the stage before leaves"
                .formatted(i, stages.get(i).survivors(), before.survivors()));
      }
    }
    if (stages.get(last).survivors() != population) {
      throw new IllegalArgumentException(
          "method.stages[%d].survivors: the last stage leaves %d, but evolution.population is %d"
              .formatted(last, stages.get(last).survivors(), population));
    }
  }

  private static void checkMix(Mix mix, Evolution evolution) {
    long offspring = (long) mix.levelSwitches() + evolution.mutations() + evolution.crossovers();
    if (offspring > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "method.mix.levelSwitches, evolution.mutations and evolution.crossovers are %d offspring: that is too many"
              .formatted(offspring));
    }
    if (offspring == 0 && evolution.iterations() > mix.descents()) {
      throw new IllegalArgumentException(
          "method.mix.levelSwitches, evolution.mutations and evolution.crossovers are 0: nothing is proposed after the %d descents of method.mix.descents"
              .formatted(mix.descents()));
    }
  }
}
