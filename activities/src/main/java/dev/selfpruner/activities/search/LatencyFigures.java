package dev.selfpruner.activities.search;

import dev.selfpruner.activities.plan.Target;
import java.util.stream.DoubleStream;

/**
 * Times of a search's models, in milliseconds.
 *
 * @param target that the search had, with the device and the shape that all times are of
 * @param allowed what a plan may take
 * @param dense foretold, as the others, by the table of blocks
 * @param measuredDense the dense model run as a whole, once the search was over
 * @param measuredSearched the searched plan in the same way
 */
public record LatencyFigures(
    Target.Latency target,
    double allowed,
    double dense,
    double uniform,
    double searched,
    double measuredDense,
    double measuredSearched) {
  public LatencyFigures {
    DoubleStream.of(allowed, dense, uniform, searched, measuredDense, measuredSearched)
        .filter(milliseconds -> !(milliseconds >= 0 && Double.isFinite(milliseconds)))
        .forEach(
            milliseconds -> {
              throw new IllegalArgumentException("no model takes %s ms".formatted(milliseconds));
            });
  }
}
