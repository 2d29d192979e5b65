package dev.selfpruner.infra.embedded;

import com.uber.m3.tally.NoopScope;
import com.uber.m3.tally.Scope;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.Connection;
import dev.selfpruner.infra.connection.ConnectionFailure;
import dev.selfpruner.infra.connection.TemporalClients;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A server that others run. */
final class RemoteServer implements TemporalServer {
  /** Short enough for someone who mistyped. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** Between two attempts; a server may just be on its way up. */
  private static final long PAUSE_MILLIS = 250;

  private final Connection connection;
  private final WorkflowServiceStubs stubs;

  private RemoteServer(Connection connection, WorkflowServiceStubs stubs) {
    this.connection = connection;
    this.stubs = stubs;
  }

  static RemoteServer connect(Connection connection) {
    return connect(connection, new NoopScope());
  }

  /**
   * @throws UserError if no server answers, or it does not let us in, or it does not know the
   *     namespace
   */
  static RemoteServer connect(Connection connection, Scope metrics) {
    WorkflowServiceStubs stubs = TemporalClients.stubs(connection.options(), metrics);
    try {
      requireNamespace(stubs, connection.namespace());
      return new RemoteServer(connection, stubs);
    } catch (StatusRuntimeException e) {
      stubs.shutdownNow();
      throw new UserError(ConnectionFailure.describe(e, connection), e);
    }
  }

  private static void requireNamespace(WorkflowServiceStubs stubs, String namespace) {
    long end = System.nanoTime() + CONNECT_TIMEOUT.toNanos();
    while (true) {
      long left = end - System.nanoTime();
      try {
        var unused =
            stubs
                .blockingStub()
                .withDeadlineAfter(Math.max(left, 1), TimeUnit.NANOSECONDS)
                .describeNamespace(
                    DescribeNamespaceRequest.newBuilder().setNamespace(namespace).build());
        return;
      } catch (StatusRuntimeException e) {
        if (!ConnectionFailure.mayPass(e)
            || left < 2 * TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS)
            || !pause()) {
          throw e;
        }
      }
    }
  }

  /** False where this thread was interrupted. */
  private static boolean pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public WorkflowServiceStubs stubs() {
    return stubs;
  }

  @Override
  public String namespace() {
    return connection.namespace();
  }

  @Override
  public String target() {
    return connection.address();
  }

  @Override
  public Optional<URI> webInterface() {
    return Optional.empty(); // nothing in the protocol says where it is
  }

  @Override
  public String description() {
    return "Temporal at " + connection.address();
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
