package dev.selfpruner.infra.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * Gives Temporal's latencies buckets, so that quantiles of several workers can be told: from a
 * heartbeat's milliseconds to the hours that a batch waits for a GPU. Each bucket is a series of
 * its own for each activity, so there are few.
 */
final class LatencyBuckets implements MeterFilter {
  private static final double[] NANOSECONDS =
      Stream.of(
              Duration.ofMillis(10),
              Duration.ofMillis(100),
              Duration.ofSeconds(1),
              Duration.ofSeconds(5),
              Duration.ofSeconds(30),
              Duration.ofMinutes(2),
              Duration.ofMinutes(10),
              Duration.ofHours(1),
              Duration.ofHours(6))
          .mapToDouble(Duration::toNanos)
          .toArray();

  @Override
  public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
    boolean latency =
        id.getType() == Meter.Type.TIMER
            && id.getName().startsWith("temporal_")
            && id.getName().endsWith("_latency");
    return latency
        ? DistributionStatisticConfig.builder()
            .percentilesHistogram(false) // the reporter asks for some seventy
            .serviceLevelObjectives(NANOSECONDS)
            .build()
            .merge(config)
        : config;
  }
}
