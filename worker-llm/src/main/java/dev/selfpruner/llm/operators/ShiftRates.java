package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.search.Individual;
import java.util.List;
import java.util.SplittableRandom;

/**
 * {@link SwitchLevels} where one rate cuts a layer's attention and MLP: moves rate between the
 * layers of a good parent, in steps.
 *
 * @param population best first
 */
record ShiftRates(List<Individual> population) implements BuiltInOperator {
  private static final List<Double> STEPS = List.of(0.01, 0.02, 0.04);
  private static final int TOURNAMENT = 3;
  private static final int MOST_SWITCHES = 3;

  @Override
  public Draft draft(int attempt, SplittableRandom random) {
    Individual parent = Chance.tournament(population, TOURNAMENT, random);
    double[] rates = Vectors.of(parent);
    int switches = rates.length > 1 ? Chance.lesserOfTwo(MOST_SWITCHES, random) : 0;
    for (int i = 0; i < switches; i++) {
      double step = Chance.one(STEPS, random);
      int more = random.nextInt(rates.length);
      int less = (more + 1 + random.nextInt(rates.length - 1)) % rates.length;
      rates[more] += step;
      rates[less] -= step;
    }
    return Draft.of(rates, List.of(parent.candidate().id()));
  }
}
