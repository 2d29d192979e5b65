package dev.selfpruner.infra.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.secret.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionsTest {
  private static final String KEY = "a-key-that-nobody-may-read";

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void writeTheFile() throws IOException {
    file =
        Files.writeString(
            folder.resolve("temporal.toml"),
            """
            [profile.default]
            address = "file:7233"
            namespace = "of-the-file"

            [profile.prod]
            address = "prod.example:7233"
            namespace = "prod.acc"
            api_key = "%s"

            [profile.prod.tls]
            client_cert_path = "/certificates/client.pem"
            client_key_path = "/certificates/client.key"

            [profile.prod.grpc_meta]
            authorization = "Bearer a-token-of-the-file"

            [profile.nowhere]
            namespace = "x"
            """
                .formatted(KEY));
  }

  @Test
  void takesTheCommandLineOverTheEnvironmentOverTheFile() {
    Map<String, String> environment =
        Map.of("TEMPORAL_CONFIG_FILE", file.toString(), "TEMPORAL_NAMESPACE", "of-the-environment");
    Connection all = Connections.load(new GivenConnection("given:7233", "", "", ""), environment);
    assertThat(all.address()).isEqualTo("given:7233");
    assertThat(all.namespace()).isEqualTo("of-the-environment");
    assertThat(all.describeSources())
        .isEqualTo("address from --temporal-address, namespace from TEMPORAL_NAMESPACE");

    Connection fileAlone =
        Connections.load(new GivenConnection("", "", "", file.toString()), Map.of());
    assertThat(fileAlone.address()).isEqualTo("file:7233");
    assertThat(fileAlone.namespace()).isEqualTo("of-the-file");
    assertThat(fileAlone.sources())
        .containsEntry("address", "profile default of " + file)
        .hasSize(2);
  }

  @Test
  void saysWhereSecretsComeFromAndNothingOfThem() {
    Connection prod =
        Connections.load(
            new GivenConnection("", "", "prod", file.toString()),
            Map.of("TEMPORAL_TLS_CLIENT_KEY_PATH", "/elsewhere/client.key"));
    assertThat(prod.profile().getApiKey()).isEqualTo(KEY);
    assertThat(prod.profile().getTls().getClientKeyPath()).isEqualTo("/elsewhere/client.key");
    assertThat(prod.sources())
        .containsEntry("API key", "profile prod of " + file)
        .containsEntry("client certificate", "profile prod of " + file)
        .containsEntry("client key", "TEMPORAL_TLS_CLIENT_KEY_PATH");
    assertThat(prod.toString()).contains("prod.acc").doesNotContain(KEY);
    assertThat(Secrets.ofThisProcess().redact("no %s or a-token-of-the-file".formatted(KEY)))
        .isEqualTo("no ••• or •••");
    assertThatThrownBy(prod::options)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no file /certificates/client.pem that can be read")
        .hasMessageContaining("client certificate from profile prod of " + file);
  }

  @Test
  void takesAVariablesDataOverAFilesPath() {
    Connection prod =
        Connections.load(
            new GivenConnection("", "", "prod", file.toString()),
            Map.of(
                "TEMPORAL_TLS_CLIENT_CERT_DATA",
                "certificate",
                "TEMPORAL_TLS_CLIENT_KEY_DATA",
                "key"));
    assertThat(prod.profile().getTls().getClientCertPath()).isEmpty();
    assertThat(prod.profile().getTls().getClientKeyPath()).isEmpty();
    assertThat(prod.sources()).containsEntry("client key", "TEMPORAL_TLS_CLIENT_KEY_DATA");
  }

  @Test
  void knowsEachLineOfAKeyThatAFileHolds() throws IOException {
    Path keyed =
        Files.writeString(
            folder.resolve("keyed.toml"),
            """
            [profile.default]
            address = "file:7233"

            [profile.default.tls]
            client_key_data = \"\"\"
            -----BEGIN PRIVATE KEY-----
            first-line-of-the-key-of-a-file
            second-line-of-the-key-of-a-file
            -----END PRIVATE KEY-----
            \"\"\"
            """);
    Connection unused =
        Connections.load(new GivenConnection("", "", "", keyed.toString()), Map.of());
    assertThat(
            Secrets.ofThisProcess()
                .redact("-----BEGIN X: cannot parse second-line-of-the-key-of-a-file"))
        .isEqualTo("-----BEGIN X: cannot parse •••");
  }

  @Test
  void knowsEachLineOfAKeyWhoseFileIsNamed() throws IOException {
    Path key =
        Files.writeString(
            folder.resolve("client.key"),
            """
            -----BEGIN PRIVATE KEY-----
            first-line-of-a-key-by-its-path
            second-line-of-a-key-by-its-path
            -----END PRIVATE KEY-----
            """);
    Connection unused =
        Connections.load(
            new GivenConnection("server:7233", "", "", ""),
            Map.of("TEMPORAL_TLS_CLIENT_KEY_PATH", key.toString()));
    assertThat(Secrets.ofThisProcess().redact("cannot parse second-line-of-a-key-by-its-path"))
        .isEqualTo("cannot parse •••");
  }

  @Test
  void readsNoFileThatNobodyNames() throws IOException {
    Path usual = Files.createDirectories(folder.resolve(".config").resolve("temporalio"));
    Files.copy(file, usual.resolve("temporal.toml"));
    String before = System.setProperty("user.home", folder.toString());
    try {
      GivenConnection address = new GivenConnection("given:7233", "", "", "");
      assertThat(Connections.load(address, Map.of()).namespace()).isEqualTo("default");
      GivenConnection profile = new GivenConnection("", "", "default", "");
      assertThat(Connections.load(profile, Map.of()).namespace()).isEqualTo("of-the-file");
    } finally {
      System.setProperty("user.home", before);
    }
  }

  @Test
  void saysWhatIsMissing() {
    assertRefused("", "", Map.of(), "no Temporal server is named", "--temporal-address");
    assertRefused(
        "nowhere", file.toString(), Map.of(), "profile nowhere of " + file + " names no address");
    assertRefused("absent", file.toString(), Map.of(), "no profile absent in " + file);
    assertRefused(
        "", folder.resolve("no.toml").toString(), Map.of(), "no.toml", "--temporal-config");
    assertRefused(
        "", "", Map.of("TEMPORAL_ADDRESS", "a:1", "TEMPORAL_TLS", "1"), "true or false, not '1'");
  }

  @Test
  void aBrokenFileIsNamedByItsLineAlone() throws IOException {
    Files.writeString(file, "[profile.prod]\napi_key = \"%s\nx".formatted(KEY));
    assertThatThrownBy(
            () -> Connections.load(new GivenConnection("", "", "", file.toString()), Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file + " is not a Temporal configuration (line 2")
        .satisfies(e -> assertThat(e.getCause()).isNull())
        .message()
        .doesNotContain(KEY);
  }

  @Test
  void doesNotSendAKeyForAllToRead() {
    Map<String, String> environment = new HashMap<>();
    environment.put("TEMPORAL_ADDRESS", "elsewhere:7233");
    environment.put("TEMPORAL_API_KEY", KEY);
    environment.put("TEMPORAL_TLS", "false");
    assertRefused("", "", environment, "TLS is turned off (TEMPORAL_TLS)", "TEMPORAL_API_KEY");
    environment.put("TEMPORAL_ADDRESS", "127.0.0.1:7233");
    assertThat(Connections.load(GivenConnection.NOTHING, environment).isEncrypted()).isFalse();
    environment.remove("TEMPORAL_TLS");
    assertThat(Connections.load(GivenConnection.NOTHING, environment).isEncrypted()).isTrue();
    environment.put("TEMPORAL_API_KEY", KEY + " x");
    assertRefused("", "", environment, "the API key from TEMPORAL_API_KEY holds a space");
  }

  private static void assertRefused(
      String profile, String file, Map<String, String> environment, String... words) {
    assertThatThrownBy(
            () -> Connections.load(new GivenConnection("", "", profile, file), environment))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(words)
        .message()
        .doesNotContain(KEY);
  }
}
