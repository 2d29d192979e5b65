package dev.selfpruner.infra.testing;

import dev.selfpruner.infra.connection.TemporalClients;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A real server as a plain process, which a test kills and starts again on the same port with what
 * it left on the disk.
 */
public final class PlainServer implements AutoCloseable {
  private static final long START_SECONDS = 60;

  private final ProcessBuilder program;
  private final int port;
  private final BooleanSupplier ready;
  private Process process;

  private PlainServer(ProcessBuilder program, int port, BooleanSupplier ready)
      throws IOException, InterruptedException {
    this.program = program;
    this.port = port;
    this.ready = ready;
    start();
  }

  /** Temporal's development server, with its database in {@code folder}. */
  public static PlainServer temporal(Path cli, Path folder)
      throws IOException, InterruptedException {
    int port = freePort();
    List<String> command =
        List.of(
            cli.toString(),
            "server",
            "start-dev",
            "--headless",
            "--ip",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--db-filename",
            folder.resolve("temporal.db").toString(),
            "--log-level",
            "error");
    return new PlainServer(
        builder(command, folder.resolve("temporal.log")), port, () -> hasNamespace(port));
  }

  /**
   * An S3 server.
   *
   * @param binary versitygw
   * @param buckets a folder with one for each bucket
   * @param keys the root user's, as environment variables
   */
  public static PlainServer s3(Path binary, Path buckets, Path log, Map<String, String> keys)
      throws IOException, InterruptedException {
    int port = freePort();
    List<String> command =
        List.of(
            binary.toString(),
            "--access",
            keys.get("AWS_ACCESS_KEY_ID"),
            "--secret",
            keys.get("AWS_SECRET_ACCESS_KEY"),
            "--port",
            "127.0.0.1:" + port,
            "--quiet",
            "posix",
            buckets.toString());
    return new PlainServer(builder(command, log), port, () -> listens(port));
  }

  private static ProcessBuilder builder(List<String> command, Path log) {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public int port() {
    return port;
  }

  /** Starts it, again after a kill, and waits until it serves. */
  public void start() throws IOException, InterruptedException {
    process = program.start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!ready.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException(
            "%s does not serve on port %d: see %s"
                .formatted(program.command().get(0), port, program.redirectOutput().file()));
      }
      Thread.sleep(20);
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean hasNamespace(int port) {
    if (!listens(port)) {
      return false;
    }
    WorkflowServiceStubs stubs = TemporalClients.stubs("127.0.0.1:" + port);
    try {
      var unused =
          stubs
              .blockingStub()
              .withDeadlineAfter(1, TimeUnit.SECONDS)
              .describeNamespace(
                  DescribeNamespaceRequest.newBuilder().setNamespace("default").build());
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    } finally {
      stubs.shutdownNow();
    }
  }

  /** As {@code kill -9} does. */
  public void kill() {
    var unused = process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
