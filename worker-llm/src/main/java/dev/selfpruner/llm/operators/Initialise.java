package dev.selfpruner.llm.operators;

import java.util.List;
import java.util.SplittableRandom;

/**
 * The uniform vector, then profiles over depth with noise: layers at the ends of a model tend to
 * bear less pruning than those in its middle, and later ones more than early ones, but no model has
 * to follow that, so every profile comes in several strengths and pure noise is among them.
 *
 * @param layers of the model
 * @param sparsity mean of the rates
 */
record Initialise(int layers, double sparsity) implements BuiltInOperator {
  private static final List<Profile> PROFILES = List.of(Profile.values());

  /** Standard deviation of the rates, as a share of what the sparsity leaves on its nearer side. */
  private static final List<Double> SPREADS = List.of(0.35, 0.6, 0.2);

  /** Share of the spread that is noise from layer to layer. */
  private static final double NOISE = 0.35;

  @Override
  public Draft draft(int attempt, SplittableRandom random) {
    return Draft.of(draw(attempt, random), List.of());
  }

  double[] draw(int attempt, SplittableRandom random) {
    double[] rates = new double[layers];
    if (attempt > 0) {
      Profile profile = PROFILES.get((attempt - 1) % PROFILES.size());
      double spread =
          SPREADS.get((attempt - 1) / PROFILES.size() % SPREADS.size())
              * Math.min(sparsity, 1.0 - sparsity);
      double[] shape = Shapes.normalised(profile, layers, random);
      for (int i = 0; i < layers; i++) {
        rates[i] = spread * (shape[i] + NOISE * Chance.normal(random));
      }
    }
    for (int i = 0; i < layers; i++) {
      rates[i] += sparsity;
    }
    return rates;
  }
}
