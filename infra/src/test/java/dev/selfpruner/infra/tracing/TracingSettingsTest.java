package dev.selfpruner.infra.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.infra.UserError;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TracingSettingsTest {
  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
  private static final String URL = "http://127.0.0.1:4318";

  @Test
  void isOnWhereItIsAskedForAndNotForbidden() {
    assertThat(settings(Map.of()).on()).isFalse();
    assertThat(settings(Map.of(ENDPOINT, " ")).on()).as("as compose passes nothing").isFalse();
    assertThat(settings(Map.of(ENDPOINT, URL)).on()).isTrue();
    assertThat(settings(Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", URL)).on()).isTrue();
    assertThat(settings(Map.of(EXPORTER, "otlp")).on()).isTrue();
    assertThat(settings(Map.of(EXPORTER, "none", ENDPOINT, URL)).on()).isFalse();
    assertThat(new TracingSettings(Optional.of(URL), Map.of()).on()).isTrue();
    assertThat(new TracingSettings(Optional.of(URL), Map.of("OTEL_SDK_DISABLED", "true")).on())
        .isFalse();
  }

  @Test
  void refusesWhatItCannotSend() {
    assertRefused(settings(Map.of(EXPORTER, "zipkin")), "OTEL_TRACES_EXPORTER=zipkin", "otlp");
    assertRefused(
        settings(Map.of(ENDPOINT, URL, "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")),
        "OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
        "http/protobuf");
    assertRefused(
        new TracingSettings(Optional.of("localhost:4318"), Map.of()),
        "--traces-endpoint",
        "http://",
        "localhost:4318");
  }

  private static void assertRefused(TracingSettings settings, String... words) {
    assertThatThrownBy(settings::sdk)
        .isInstanceOf(UserError.class)
        .satisfies(refusal -> assertThat(refusal.getMessage()).contains(words));
  }

  private static TracingSettings settings(Map<String, String> environment) {
    return new TracingSettings(Optional.empty(), environment);
  }
}
