package dev.selfpruner.infra.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.infra.UserError;
import io.opentelemetry.sdk.autoconfigure.spi.internal.DefaultConfigProperties;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    for (String url : List.of("http://user:secret@collector:4318", URL + "?key=secret")) {
      TracingSettings withKey = new TracingSettings(Optional.of(url), Map.of());
      assertRefused(withKey, "--traces-endpoint", "OTEL_EXPORTER_OTLP_HEADERS");
      assertThatThrownBy(withKey::sdk).hasMessageNotContaining("secret");
    }
  }

  @Test
  void refusesLimitsThatAreNoLengths() {
    for (String limit :
        List.of("otel.attribute.value.length.limit", "otel.span.attribute.value.length.limit")) {
      String unused = System.setProperty(limit, "-1");
      try {
        assertRefused(
            new TracingSettings(Optional.of(URL), Map.of()),
            limit.toUpperCase(Locale.ROOT).replace('.', '_') + "=-1",
            "OTEL_SDK_DISABLED");
      } finally {
        System.clearProperty(limit);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({", , 8192", "100, , 100", ", 50, 50", "10, 500, 500", "500, 10, 10", "9999, , 8192"})
  void cutsAsSpansSayOrElseAsAllSay(String ofAll, String ofSpans, int cut) {
    Map<String, String> set = new HashMap<>();
    set.put("otel.attribute.value.length.limit", ofAll);
    set.put("otel.span.attribute.value.length.limit", ofSpans);
    set.values().removeIf(Objects::isNull);
    assertThat(TracingSettings.limit(DefaultConfigProperties.createFromMap(set))).isEqualTo(cut);
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
