package dev.selfpruner.infra.embedded;

import dev.selfpruner.infra.UserError;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** A server that others run. */
final class RemoteServer implements TemporalServer {
  /** Short enough for someone who mistyped. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final String address;
  private final String namespace;
  private final WorkflowServiceStubs stubs;

  private RemoteServer(String address, String namespace, WorkflowServiceStubs stubs) {
    this.address = address;
    this.namespace = namespace;
    this.stubs = stubs;
  }

  /**
   * @throws UserError if no server answers, or it does not know the namespace
   */
  static RemoteServer connect(String address, String namespace) {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
    try {
      stubs.connect(CONNECT_TIMEOUT);
      stubs
          .blockingStub()
          .describeNamespace(DescribeNamespaceRequest.newBuilder().setNamespace(namespace).build());
      return new RemoteServer(address, namespace, stubs);
    } catch (StatusRuntimeException | IllegalStateException e) {
      stubs.shutdownNow();
      throw new UserError(
          "no Temporal server with the namespace %s answers at %s (%s): start it, or correct --temporal-address or --temporal-namespace"
              .formatted(namespace, address, e.getMessage()),
          e);
    }
  }

  @Override
  public WorkflowServiceStubs stubs() {
    return stubs;
  }

  @Override
  public String namespace() {
    return namespace;
  }

  @Override
  public String target() {
    return address;
  }

  @Override
  public Optional<URI> webInterface() {
    return Optional.empty(); // nothing in the protocol says where it is
  }

  @Override
  public String description() {
    return "Temporal at " + address;
  }

  @Override
  public boolean remembers() {
    return true;
  }

  @Override
  public void close() {
    stubs.shutdownNow();
  }
}
