package dev.selfpruner.infra.embedded;

import dev.selfpruner.infra.connection.TemporalClients;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A development server's process as the operating system shows it: the one truth about who has a
 * database file open, also when the command that started it was killed.
 *
 * @param handle the process
 * @param port of its front end
 * @param webPort of its web interface
 */
record ServerProcess(ProcessHandle handle, int port, int webPort) {
  static final String NAMESPACE = "default";
  private static final long STOP_SECONDS = 10;

  /** The development server that was started on {@code database}, if one is running. */
  static Optional<ServerProcess> of(Path database) {
    return ProcessHandle.allProcesses()
        .filter(ProcessHandle::isAlive)
        .flatMap(handle -> parse(handle, database).stream())
        .findFirst();
  }

  private static Optional<ServerProcess> parse(ProcessHandle handle, Path database) {
    List<String> arguments = handle.info().arguments().map(Arrays::asList).orElse(List.of());
    if (!arguments.contains("start-dev")
        || !follows(arguments, "--db-filename").equals(Optional.of(database.toString()))) {
      return Optional.empty();
    }
    OptionalInt port = number(arguments, "--port");
    OptionalInt webPort = number(arguments, "--ui-port");
    return port.isPresent() && webPort.isPresent()
        ? Optional.of(new ServerProcess(handle, port.getAsInt(), webPort.getAsInt()))
        : Optional.empty();
  }

  private static Optional<String> follows(List<String> arguments, String option) {
    return IntStream.range(0, arguments.size() - 1)
        .filter(i -> arguments.get(i).equals(option))
        .mapToObj(i -> arguments.get(i + 1))
        .findFirst();
  }

  private static OptionalInt number(List<String> arguments, String option) {
    return follows(arguments, option).stream().mapToInt(Integer::parseInt).findFirst();
  }

  String target() {
    return "127.0.0.1:" + port;
  }

  /** Whether it serves our namespace within {@code patience}; false at once when it dies. */
  boolean answers(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    WorkflowServiceStubs stubs = TemporalClients.stubs(target());
    try {
      while (handle.isAlive() && System.nanoTime() < end) {
        try {
          stubs
              .blockingStub()
              .withDeadlineAfter(1, TimeUnit.SECONDS)
              .describeNamespace(
                  DescribeNamespaceRequest.newBuilder().setNamespace(NAMESPACE).build());
          return true;
        } catch (StatusRuntimeException e) {
          Thread.sleep(200);
        }
      }
      return false;
    } finally {
      stubs.shutdownNow();
    }
  }

  /** Ends the process and waits until it is gone: politely first, then not. */
  void stop() {
    handle.destroy();
    try {
      handle
          .onExit()
          .completeOnTimeout(handle, STOP_SECONDS, TimeUnit.SECONDS)
          .thenAccept(ProcessHandle::destroyForcibly)
          .join();
      handle.onExit().orTimeout(STOP_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw new IllegalStateException(
          "the Temporal server, process %d, cannot be stopped: stop it yourself"
              .formatted(handle.pid()),
          e);
    }
  }
}
