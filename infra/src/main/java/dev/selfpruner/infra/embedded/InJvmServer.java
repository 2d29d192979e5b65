package dev.selfpruner.infra.embedded;

import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testserver.TestServer;
import java.net.URI;
import java.util.Optional;

/**
 * The server that the Java SDK brings along for tests, in this process and in real time. It has no
 * web interface and forgets everything at the end; a search still goes on, from the artifact store.
 */
final class InJvmServer implements TemporalServer {
  private final TestServer.InProcessTestServer server;
  private final WorkflowServiceStubs stubs;

  private InJvmServer(TestServer.InProcessTestServer server, WorkflowServiceStubs stubs) {
    this.server = server;
    this.stubs = stubs;
  }

  static InJvmServer start() {
    boolean realTime = true;
    TestServer.InProcessTestServer server = TestServer.createServer(realTime);
    return new InJvmServer(
        server,
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setChannel(server.getChannel()).build()));
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
    server.close();
  }
}
