package dev.selfpruner.infra.tracing;

import dev.selfpruner.activities.HttpAddress;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.secret.Secrets;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where spans go and how: OpenTelemetry's own variables, which its SDK reads, and what holds here
 * besides.
 *
 * @param endpoint of a collector, in place of what the variables name
 * @param environment looked at for what we can't do
 */
public record TracingSettings(Optional<String> endpoint, Map<String, String> environment) {
  private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
  private static final String PROTOCOL = "http/protobuf";

  private static final String LENGTH_LIMIT = "otel.attribute.value.length.limit";
  private static final String SPAN_LENGTH_LIMIT = "otel.span.attribute.value.length.limit";
  private static final String OUR_LIMIT = "selfpruner.attribute.value.length.limit";

  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
  private static final AttributeKey<String> INSTANCE =
      AttributeKey.stringKey("service.instance.id");

  public TracingSettings {
    environment = Map.copyOf(environment);
  }

  /** Whether anybody asked for spans, and nobody forbade them. */
  public boolean on() {
    return !variable("OTEL_SDK_DISABLED").equalsIgnoreCase("true")
        && !variable(EXPORTER).equals("none")
        && (endpoint.isPresent()
            || !variable(EXPORTER).isEmpty()
            || !variable("OTEL_EXPORTER_OTLP_ENDPOINT").isEmpty()
            || !variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").isEmpty());
  }

  /**
   * What makes and sends them.
   *
   * @throws UserError if a setting can't be used
   */
  OpenTelemetrySdk sdk() {
    endpoint.ifPresent(TracingSettings::require);
    requireOnly(EXPORTER, "otlp");
    requireOnly("OTEL_EXPORTER_OTLP_PROTOCOL", PROTOCOL);
    requireOnly("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", PROTOCOL);
    try {
      return AutoConfiguredOpenTelemetrySdk.builder()
          .disableShutdownHook() // whoever opened it closes it, after the workers
          .addPropertiesCustomizer(this::fixed)
          .addResourceCustomizer((resource, unused) -> named(resource))
          .addSpanExporterCustomizer(
              (exporter, config) ->
                  new RedactingSpanExporter(
                      exporter,
                      Secrets.ofThisProcess(),
                      config.getInt(OUR_LIMIT, RedactingSpanExporter.LONGEST_TEXT)))
          .build()
          .getOpenTelemetrySdk();
    } catch (ConfigurationException | IllegalArgumentException e) {
      throw new UserError(
          "cannot send traces (%s): correct --traces-endpoint or the OTEL_ variables, or set OTEL_SDK_DISABLED=true"
              .formatted(SdkLog.reason(e)),
          e);
    }
  }

  private static void require(String url) {
    try {
      var unused =
          HttpAddress.require(
              url, "a collector", "what lets us in goes into OTEL_EXPORTER_OTLP_HEADERS");
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "--traces-endpoint: %s; it is a URL such as http://localhost:4318"
              .formatted(e.getMessage()),
          e);
    }
  }

  private void requireOnly(String variable, String possible) {
    String value = variable(variable);
    if (!value.isEmpty() && !value.equals(possible)) {
      throw new UserError(
          "cannot send traces with %s=%s: set it to %s, or OTEL_SDK_DISABLED=true"
              .formatted(variable, value, possible));
    }
  }

  private String variable(String name) {
    return environment.getOrDefault(name, "").strip();
  }

  private Map<String, String> fixed(ConfigProperties config) {
    Map<String, String> fixed = new HashMap<>();
    fixed.put("otel.metrics.exporter", "none"); // those are Prometheus's
    fixed.put("otel.logs.exporter", "none");
    fixed.put("otel.traces.exporter", "otlp");
    fixed.put("otel.exporter.otlp.traces.protocol", PROTOCOL);
    // A text that is cut may end within a secret, which would then not be recognised.
    fixed.put(OUR_LIMIT, Integer.toString(limit(config)));
    fixed.put(LENGTH_LIMIT, Integer.toString(Integer.MAX_VALUE));
    fixed.put(SPAN_LENGTH_LIMIT, Integer.toString(Integer.MAX_VALUE));
    endpoint.ifPresent(
        url ->
            fixed.put(
                "otel.exporter.otlp.traces.endpoint", url.replaceFirst("/+$", "") + "/v1/traces"));
    return fixed;
  }

  /** In characters: the limit of spans goes before that of all signals, and ours before both. */
  static int limit(ConfigProperties config) {
    int ours = RedactingSpanExporter.LONGEST_TEXT;
    int ofAll = limit(config, LENGTH_LIMIT, ours);
    return Math.min(limit(config, SPAN_LENGTH_LIMIT, ofAll), ours);
  }

  private static int limit(ConfigProperties config, String name, int otherwise) {
    int limit = config.getInt(name, otherwise);
    if (limit < 0) {
      throw new ConfigurationException(
          "%s=%d is no number of characters"
              .formatted(name.toUpperCase(Locale.ROOT).replace('.', '_'), limit));
    }
    return limit;
  }

  /** As Temporal names this process, and as the variables say, where they do. */
  private static Resource named(Resource resource) {
    Map<AttributeKey<?>, Object> said = resource.getAttributes().asMap();
    var named = resource.toBuilder();
    if (String.valueOf(said.get(SERVICE)).startsWith("unknown_service")) {
      named.put(SERVICE, "selfpruner");
    }
    if (!said.containsKey(INSTANCE)) {
      named.put(INSTANCE, ManagementFactory.getRuntimeMXBean().getName());
    }
    return named.build();
  }
}
