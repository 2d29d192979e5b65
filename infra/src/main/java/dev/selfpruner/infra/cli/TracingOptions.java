package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.tracing.OtlpTracing;
import dev.selfpruner.infra.tracing.Tracing;
import dev.selfpruner.infra.tracing.TracingSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Whether a process sends spans of what it does. */
final class TracingOptions {
  private static final String ENDPOINT = "--traces-endpoint";

  @Option(
      names = ENDPOINT,
      paramLabel = "URL",
      description =
          "Send traces to this OpenTelemetry collector by OTLP over HTTP, such as http://localhost:4318 (default: what OTEL_EXPORTER_OTLP_ENDPOINT names, or nowhere; the other OTEL_ variables hold too).")
  private String endpoint;

  /** For a worker in a process of its own; variables it inherits. */
  List<String> forWorker() {
    return endpoint == null ? List.of() : List.of(ENDPOINT + "=" + endpoint);
  }

  /**
   * Begins to trace, if that is asked for.
   *
   * @param troubles receives a line when spans are lost
   * @throws dev.selfpruner.infra.UserError if a setting can't be used
   */
  Tracing open(Map<String, String> environment, Consumer<String> troubles) {
    TracingSettings settings = new TracingSettings(Optional.ofNullable(endpoint), environment);
    return settings.on() ? OtlpTracing.start(settings, troubles) : Tracing.OFF;
  }
}
