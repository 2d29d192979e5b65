package dev.selfpruner.infra.metrics;

import com.uber.m3.tally.RootScopeBuilder;
import com.uber.m3.tally.Scope;
import com.uber.m3.tally.ScopeCloseException;
import com.uber.m3.util.Duration;
import dev.selfpruner.infra.worker.WorkerListener;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Counts, and shows what it counted to Prometheus. */
public final class PrometheusMetrics implements Metrics {
  /** Prometheus asks every 15 s or less often. */
  private static final double REPORT_SECONDS = 1.0;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Scope temporal;
  private final WorkerListener workers;
  private final MetricsServer server;

  private PrometheusMetrics(InetSocketAddress address) throws IOException {
    registry.config().meterFilter(new LatencyBuckets());
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    temporal =
        new RootScopeBuilder()
            .reporter(new MicrometerClientStatsReporter(registry))
            .reportEvery(Duration.ofSeconds(REPORT_SECONDS));
    workers = new WorkerMeters(registry).listener();
    server = MetricsServer.start(address, registry::scrape);
  }

  /**
   * Begins to count and to answer.
   *
   * @throws IOException if it can't listen there
   */
  public static PrometheusMetrics start(InetSocketAddress address) throws IOException {
    return new PrometheusMetrics(address);
  }

  public int port() {
    return server.port();
  }

  @Override
  public Scope temporal() {
    return temporal;
  }

  @Override
  public WorkerListener workers() {
    return workers;
  }

  @Override
  public void ready(boolean ready) {
    server.ready(ready);
  }

  @Override
  public void close() {
    server.close();
    try {
      temporal.close();
    } catch (ScopeCloseException e) {
      throw new IllegalStateException("cannot stop to count what Temporal's client does", e);
    }
    registry.close();
  }
}
