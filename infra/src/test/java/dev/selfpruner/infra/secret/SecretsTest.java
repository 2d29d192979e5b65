package dev.selfpruner.infra.secret;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.api.failure.v1.Failure;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SecretsTest {
  private static final String KEY = "sk-0123456789";
  private static final Secrets SECRETS =
      Secrets.from(
          Map.of(
              "OPENAI_API_KEY",
              KEY,
              "AWS_SESSION_TOKEN",
              KEY + "/and/more",
              "TEMPORAL_GRPC_META_AUTHORIZATION",
              "Bearer abcdefgh",
              "SELFPRUNER_LLM_API_KEY",
              "none",
              "SELFPRUNER_PAYLOAD_KEYS",
              "of-november " + "k".repeat(43) + "=",
              "PATH",
              "/usr/local/bin"));

  @Test
  void replacesThemWhole() {
    assertThat(SECRETS.redact("is %s valid? %s/and/more isn't".formatted(KEY, KEY)))
        .isEqualTo("is ••• valid? ••• isn't");
    assertThat(SECRETS.redact("abcdefgh")).isEqualTo("•••");
    assertThat(SECRETS.redact("of-november " + "k".repeat(43) + "=")).isEqualTo("•••");
    assertThat(SECRETS.redact("of-november: " + "k".repeat(43) + "="))
        .isEqualTo("of-november: •••");
  }

  @Test
  void replacesWhatWasLoadedSinceToo() {
    List<String> loaded = new ArrayList<>();
    Secrets secrets = Secrets.from(Map.of("OPENAI_API_KEY", KEY), () -> loaded);
    assertThat(secrets.redact("of-a-file, " + KEY)).isEqualTo("of-a-file, •••");
    loaded.addAll(List.of("of-a-file", KEY + "-and-more"));
    assertThat(secrets.redact("of-a-file, %s, %s-and-more".formatted(KEY, KEY)))
        .isEqualTo("•••, •••, •••");
  }

  @Test
  void takesTheValuesOfHeadersForACollector() {
    Secrets secrets =
        Secrets.from(
            Map.of(
                "OTEL_EXPORTER_OTLP_HEADERS",
                "authorization=Basic%20dXNlcjpwYXNz%3D,x-tenant-name=a",
                "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
                "api-key=0123456789"));
    assertThat(secrets.redact("authorization: Basic dXNlcjpwYXNz=, api-key: 0123456789"))
        .isEqualTo("authorization: •••, api-key: •••");
    assertThat(secrets.redact("Basic%20dXNlcjpwYXNz%3D of x-tenant-name"))
        .isEqualTo("••• of x-tenant-name");
  }

  @Test
  void takesNoHeaderThatOnlySaysWhoSends() {
    Secrets secrets =
        Secrets.from(
            Map.of(
                "OTEL_EXPORTER_OTLP_HEADERS",
                "X-Scope-OrgID=selfpruner,x-honeycomb-dataset=searches-of-ours,"
                    + "Proxy-Authorization=Basic%20dXNlcjpwYXNz,X-Access-Token=token-0123,"
                    + "x-honeycomb-team=team-0123456,uptrace-dsn=https://a-dsn@host"));
    assertThat(secrets.redact("selfpruner: searches-of-ours"))
        .isEqualTo("selfpruner: searches-of-ours");
    assertThat(secrets.redact("dXNlcjpwYXNz token-0123 team-0123456 https://a-dsn@host"))
        .isEqualTo("••• ••• ••• •••");
  }

  @Test
  void takesAKeysLinesWithoutWhatSaysThatItIsOne() {
    String pem =
        """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG
        9w0BAQEFAASCBKcwggSj
        -----END ENCRYPTED PRIVATE KEY-----
        """;
    Secrets secrets = Secrets.from(Map.of("TEMPORAL_TLS_CLIENT_KEY_DATA", pem));
    assertThat(secrets.redact("MIIEvQIBADANBgkqhkiG and\n9w0BAQEFAASCBKcwggSj"))
        .isEqualTo("••• and\n•••");
    String words = "-----BEGIN CERTIFICATE----- is no ENCRYPTED PRIVATE KEY-----, -----END";
    assertThat(secrets.redact(words)).isEqualTo(words);
  }

  @Test
  void leavesTheRest() {
    assertThat(SECRETS.redact("none of it: of-november, /usr/local/bin"))
        .isEqualTo("none of it: of-november, /usr/local/bin");
    assertThat(SECRETS.toString()).matches("\\d secrets");
  }

  @Test
  void keepsThemOutOfFailuresAndTheirCauses() {
    Failure failure =
        DefaultDataConverter.newDefaultInstance()
            .withFailureConverter(new RedactingFailureConverter(SECRETS))
            .exceptionToFailure(
                ApplicationFailure.newFailureWithCause(
                    "refused " + KEY, "Refused", new IllegalStateException("because of " + KEY)));
    assertThat(failure.getMessage()).isEqualTo("refused •••");
    assertThat(failure.getCause().getMessage()).isEqualTo("because of •••");
    assertThat(failure.toString()).doesNotContain(KEY);
  }

  @Test
  void keepsFailuresShorterThanWhatAServerShows() {
    Throwable cause = new IllegalStateException("the bottom of it");
    for (int i = 0; i < 12; i++) {
      cause = new IllegalStateException("because %d %s".formatted(i, "x".repeat(900)), cause);
    }
    Failure failure =
        DefaultDataConverter.newDefaultInstance()
            .withFailureConverter(new RedactingFailureConverter(SECRETS))
            .exceptionToFailure(
                ApplicationFailure.newFailureWithCause("the store is away", "Storage", cause));
    assertThat(failure.getSerializedSize()).isLessThan(4_000);
    assertThat(failure.getMessage()).isEqualTo("the store is away");
    assertThat(failure.getApplicationFailureInfo().getType()).isEqualTo("Storage");
    assertThat(failure.getCause().getMessage()).startsWith("because 11 xxx").endsWith("...");
  }
}
