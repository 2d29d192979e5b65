package dev.selfpruner.infra.embedded;

import com.uber.m3.tally.NoopScope;
import com.uber.m3.tally.Scope;
import dev.selfpruner.infra.connection.TemporalClients;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testserver.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The server that the Java SDK brings along for tests, in this process and in real time. It has no
 * web interface and forgets everything at the end; a search still goes on, from the artifact store.
 */
final class InJvmServer implements TemporalServer {
  /** Temporal's clients ask for a sign of life every 30 s; unless told, gRPC takes that amiss. */
  private static final long SIGN_OF_LIFE_SECONDS = 10;

  private final TestServer.InProcessTestServer server;
  private final Server port;
  private final WorkflowServiceStubs stubs;

  private InJvmServer(
      TestServer.InProcessTestServer server, Server port, WorkflowServiceStubs stubs) {
    this.server = server;
    this.port = port;
    this.stubs = stubs;
  }

  static InJvmServer start() {
    return start(new NoopScope());
  }

  static InJvmServer start(Scope metrics) {
    boolean realTime = true;
    TestServer.InProcessTestServer server = TestServer.createServer(realTime);
    return new InJvmServer(
        server,
        listen(server),
        TemporalClients.stubs(
            WorkflowServiceStubsOptions.newBuilder().setChannel(server.getChannel()).build(),
            metrics));
  }

  /** For a worker in another process; the SDK's own way would listen to other machines as well. */
  @SuppressWarnings("deprecation") // nothing else hands out the service to bind it ourselves
  private static Server listen(TestServer.InProcessTestServer server) {
    HealthStatusManager health = new HealthStatusManager();
    health.setStatus(WorkflowServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
    try {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      return NettyServerBuilder.forAddress(
              new InetSocketAddress(loopback, 0), InsecureServerCredentials.create())
          .addService(server.getWorkflowService())
          .addService(health.getHealthService())
          .permitKeepAliveTime(SIGN_OF_LIFE_SECONDS, TimeUnit.SECONDS)
          .permitKeepAliveWithoutCalls(true)
          .build()
          .start();
    } catch (IOException e) {
      server.close();
      throw new UncheckedIOException("cannot listen on 127.0.0.1: " + e.getMessage(), e);
    }
  }

  @Override
  public WorkflowServiceStubs stubs() {
    return stubs;
  }

  @Override
  public String namespace() {
    return "default";
  }

  @Override
  public String target() {
    return "127.0.0.1:" + port.getPort();
  }

  @Override
  public Optional<URI> webInterface() {
    return Optional.empty();
  }

  @Override
  public String description() {
    return "Temporal inside this process: no web interface, and no history after its end (a search goes on from its store)";
  }

  @Override
  public boolean remembers() {
    return false;
  }

  @Override
  public void close() {
    stubs.shutdownNow();
    port.shutdownNow();
    server.close();
  }
}
