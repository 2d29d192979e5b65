package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.metrics.Metrics;
import dev.selfpruner.infra.metrics.PrometheusMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether a process shows Prometheus what it counts. */
final class MetricsOptions {
  private static final String PORT = "--metrics-port";
  private static final String ADDRESS = "--metrics-address";
  private static final int LAST_PORT = 65_535;

  @Option(
      names = PORT,
      paramLabel = "N",
      description =
          "Show Prometheus, on this port, what is counted: /metrics, /healthz and /readyz (9464 is usual; a search's GPU worker has the next one; default: nowhere).")
  private Integer port;

  @Option(
      names = ADDRESS,
      paramLabel = "ADDRESS",
      description =
          "Address to listen on for that: whoever reaches it can read it (default: ${DEFAULT-VALUE}).")
  private String address = "127.0.0.1";

  Optional<Integer> port() {
    return Optional.ofNullable(port);
  }

  String address() {
    return address;
  }

  /** For a worker in a process of its own, which needs a port of its own: the next. */
  List<String> forWorker() {
    return port == null
        ? List.of()
        : List.of(PORT + "=" + (port == 0 ? 0 : port + 1), ADDRESS + "=" + address);
  }

  /**
   * Begins to count, if that is asked for.
   *
   * @throws UserError if it can't listen there
   */
  Metrics open() {
    if (port == null) {
      return Metrics.OFF;
    }
    if (port < 0 || port > LAST_PORT) {
      throw new UserError("%s is a port, 0 to %d, not %d".formatted(PORT, LAST_PORT, port));
    }
    try {
      return PrometheusMetrics.start(new InetSocketAddress(InetAddress.getByName(address), port));
    } catch (IOException e) {
      throw new UserError(
          "cannot show metrics on %s, port %d (%s): correct %s or %s"
              .formatted(address, port, e.getMessage(), ADDRESS, PORT),
          e);
    }
  }
}
