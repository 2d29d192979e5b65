package dev.selfpruner.infra.report;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The same quantity, measured with several seeds.
 *
 * @param values in the order of the seeds
 */
record Sample(List<Double> values) {
  Sample {
    values = List.copyOf(values);
  }

  /** Empty where nothing was measured. */
  OptionalDouble mean() {
    return values.stream().mapToDouble(Double::doubleValue).average();
  }

  /**
   * Of the population that the values are a sample of; empty where there are no two, or one is
   * infinite.
   */
  OptionalDouble standardDeviation() {
    if (values.size() < 2 || values.stream().anyMatch(value -> value.isInfinite())) {
      return OptionalDouble.empty();
    }
    double mean = mean().orElseThrow();
    double squares = values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
    return OptionalDouble.of(Math.sqrt(squares / (values.size() - 1)));
  }
}
