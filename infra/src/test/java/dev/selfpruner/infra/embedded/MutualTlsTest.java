package dev.selfpruner.infra.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.Connections;
import dev.selfpruner.infra.connection.GivenConnection;
import dev.selfpruner.infra.connection.TemporalClients;
import dev.selfpruner.infra.testing.Certificates;
import dev.selfpruner.infra.testing.TlsProxy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server behind a proxy that lets in one client's certificate. */
class MutualTlsTest {
  @TempDir private static Path folder;
  private static InJvmServer server;
  private static TlsProxy proxy;
  private static Certificates.Identity authority;
  private static Certificates.Identity client;
  private static Certificates.Identity stranger;

  /** Says what it is told. */
  @WorkflowInterface
  public interface Echo {
    @WorkflowMethod
    String echo(String word);
  }

  /** {@inheritDoc} */
  public static final class EchoImpl implements Echo {
    @Override
    public String echo(String word) {
      return word;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    authority = Certificates.make(folder, "server");
    client = Certificates.make(folder, "client");
    stranger = Certificates.make(folder, "stranger");
    server = InJvmServer.start();
    int port = Integer.parseInt(server.target().substring(server.target().indexOf(':') + 1));
    proxy = TlsProxy.start(port, authority, client);
  }

  @AfterAll
  static void stop() throws Exception {
    proxy.close();
    server.close();
  }

  @Test
  void letsAWorkflowRunWithTheRightCertificate() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("temporal.toml"),
            """
            [profile.mutual]
            address = "%s"
            [profile.mutual.tls]
            client_cert_path = '%s'
            client_key_path = '%s'
            server_ca_cert_path = '%s'
            """
                .formatted(
                    proxy.address(), client.certificate(), client.key(), authority.certificate()));
    GivenConnection given = new GivenConnection("", "", "mutual", file.toString());
    try (TemporalServer remote = RemoteServer.connect(Connections.load(given, Map.of()))) {
      WorkflowClient workflows = TemporalClients.plain().client(remote.stubs(), remote.namespace());
      WorkerFactory factory = WorkerFactory.newInstance(workflows);
      factory.newWorker("echo").registerWorkflowImplementationTypes(EchoImpl.class);
      factory.start();
      try {
        Echo echo =
            workflows.newWorkflowStub(
                Echo.class, WorkflowOptions.newBuilder().setTaskQueue("echo").build());
        assertThat(echo.echo("through")).isEqualTo("through");
      } finally {
        factory.shutdownNow();
      }
    }
  }

  @Test
  void saysThatACertificateIsMissingOrNotLetIn() {
    Map<String, String> environment = environment();
    environment.put("TEMPORAL_TLS_SERVER_CA_CERT_PATH", authority.certificate().toString());
    assertRefused(
        environment, "our certificate was refused, or is missing", "TEMPORAL_TLS_CLIENT_CERT_PATH");

    environment.put("TEMPORAL_TLS_CLIENT_CERT_PATH", stranger.certificate().toString());
    environment.put("TEMPORAL_TLS_CLIENT_KEY_PATH", stranger.key().toString());
    assertRefused(
        environment, "our certificate was refused", "client key from TEMPORAL_TLS_CLIENT_KEY_PATH");
  }

  @Test
  void saysThatTheServersCertificateIsNotTrusted() {
    Map<String, String> environment = environment();
    environment.put("TEMPORAL_TLS", "true");
    assertRefused(
        environment, "the certificate is not trusted", "TEMPORAL_TLS_SERVER_CA_CERT_PATH");
    environment.put("TEMPORAL_TLS_SERVER_CA_CERT_PATH", stranger.certificate().toString());
    assertRefused(
        environment, "the certificate is not trusted", "server's certificate authority from");
  }

  @Test
  void saysThatOneSideDoesNotSpeakTls() {
    assertRefused(environment(), "a server that wants TLS needs TEMPORAL_TLS=true");
    Map<String, String> plain = new HashMap<>();
    plain.put("TEMPORAL_ADDRESS", server.target());
    plain.put("TEMPORAL_TLS", "true");
    assertRefused(plain, "TLS is not what is spoken", "TEMPORAL_TLS=false");
  }

  @Test
  void saysWhichFileIsNoKey() throws Exception {
    Map<String, String> environment = environment();
    environment.put("TEMPORAL_TLS_CLIENT_CERT_PATH", client.certificate().toString());
    environment.put("TEMPORAL_TLS_CLIENT_KEY_PATH", client.certificate().toString());
    assertRefused(
        environment, "cannot use the certificates", "TEMPORAL_TLS_CLIENT_KEY_PATH", "PKCS#8");
  }

  private static Map<String, String> environment() {
    return new HashMap<>(Map.of("TEMPORAL_ADDRESS", proxy.address()));
  }

  private static void assertRefused(Map<String, String> environment, String... words) {
    assertThatThrownBy(
            () -> RemoteServer.connect(Connections.load(GivenConnection.NOTHING, environment)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(environment.get("TEMPORAL_ADDRESS"))
        .hasMessageContainingAll(words);
  }
}
