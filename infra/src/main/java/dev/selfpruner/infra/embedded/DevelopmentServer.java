package dev.selfpruner.infra.embedded;

import dev.selfpruner.infra.connection.TemporalClients;
import dev.selfpruner.workflows.SearchAttributes;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.testing.TemporalDevServer;
import io.temporal.testing.TemporalDevServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Temporal's development server, with its database in a home folder whose lock the caller holds. A
 * server that a killed command left behind is used again, and one that dies is started again, so
 * that there is never more than one on a database file, and one for as long as a command runs.
 */
final class DevelopmentServer implements TemporalServer {
  private static final Logger LOG = LoggerFactory.getLogger(DevelopmentServer.class);

  /** Temporal's own default, where people look first. */
  private static final int USUAL_WEB_PORT = 8233;

  /** A server that a killed command left may just be on its way up, or down. */
  private static final Duration LEFT_BEHIND_PATIENCE = Duration.ofSeconds(15);

  /** On two busy cores, with a database of days of search. */
  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

  /** Ctrl-C reaches the server before it reaches us: wait for our own end before restarting. */
  private static final long RESTART_DELAY_SECONDS = 2;

  private final Home home;
  private final TemporalDevServerOptions.Builder executable;
  private final AtomicReference<Optional<ServerProcess>> running;
  private final String target;
  private final WorkflowServiceStubs stubs;
  private final URI webInterface;

  private DevelopmentServer(
      Home home, TemporalDevServerOptions.Builder executable, ServerProcess process) {
    this.home = home;
    this.executable = executable;
    this.running = new AtomicReference<>(Optional.of(process));
    this.target = process.target(); // one that is started again listens there too
    this.stubs = TemporalClients.stubs(target);
    this.webInterface = URI.create("http://127.0.0.1:" + process.webPort());
  }

  /**
   * @param executable options that say where the CLI is or may be downloaded from
   * @throws IllegalStateException if the server cannot be started
   */
  static DevelopmentServer start(Home home, TemporalDevServerOptions.Builder executable) {
    ServerProcess process =
        leftBehind(home)
            .orElseGet(
                () -> {
                  int webPort = freePort(USUAL_WEB_PORT).or(() -> freePort(0)).orElseThrow();
                  return launch(home, executable, freePort(0).orElseThrow(), webPort);
                });
    DevelopmentServer server = new DevelopmentServer(home, executable, process);
    server.watch(process);
    return server;
  }

  private static Optional<ServerProcess> leftBehind(Home home) {
    Optional<ServerProcess> found = ServerProcess.of(home.temporalDatabase());
    if (found.isEmpty()) {
      return found;
    }
    try {
      if (found.get().answers(LEFT_BEHIND_PATIENCE)) {
        LOG.info("using the server that is running as process {}", found.get().handle().pid());
        return found;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while looking for a running server", e);
    }
    found.get().stop();
    return Optional.empty();
  }

  private static ServerProcess launch(
      Home home, TemporalDevServerOptions.Builder executable, int port, int webPort) {
    TemporalDevServer launched =
        TemporalDevServer.start(
            ServerProcess.NAMESPACE,
            TemporalDevServerOptions.newBuilder(executable.build())
                .setPort(port)
                .setUiPort(webPort)
                .setDatabaseFilename(home.temporalDatabase().toString())
                .setLogFile(home.temporalLog().toString())
                .setStartupTimeout(START_TIMEOUT)
                .setExtraArgs(searchAttributes())
                .build());
    Optional<ServerProcess> process = ServerProcess.of(home.temporalDatabase());
    if (process.isEmpty()) {
      launched.close();
      throw new IllegalStateException(
          "the Temporal server at %s died at once: see %s"
              .formatted(launched.getTarget(), home.temporalLog()));
    }
    return process.get();
  }

  /** Options that register what searches are found by. */
  private static List<String> searchAttributes() {
    return SearchAttributes.types().entrySet().stream()
        .flatMap(type -> Stream.of("--search-attribute", type.getKey() + "=" + type.getValue()))
        .toList();
  }

  private void watch(ServerProcess process) {
    var unused =
        process
            .handle()
            .onExit()
            .thenRunAsync(
                () -> restart(process),
                CompletableFuture.delayedExecutor(RESTART_DELAY_SECONDS, TimeUnit.SECONDS));
  }

  private void restart(ServerProcess dead) {
    synchronized (running) {
      if (running.get().isEmpty()) {
        return; // closed
      }
      LOG.warn("the Temporal server died, starting it again on {}", dead.target());
      try {
        ServerProcess next = launch(home, executable, dead.port(), dead.webPort());
        running.set(Optional.of(next));
        watch(next);
      } catch (IllegalStateException e) {
        LOG.error("the Temporal server cannot be started again", e);
      }
    }
  }

  /** {@code port}, or any port where it is 0, if nothing listens there. */
  private static Optional<Integer> freePort(int port) {
    try (ServerSocket socket =
        new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      return Optional.of(socket.getLocalPort());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public WorkflowServiceStubs stubs() {
    return stubs;
  }

  @Override
  public String namespace() {
    return ServerProcess.NAMESPACE;
  }

  @Override
  public String target() {
    return target;
  }

  @Override
  public Optional<URI> webInterface() {
    return Optional.of(webInterface);
  }

  @Override
  public String description() {
    return "Temporal's development server, remembering in " + home.temporalDatabase();
  }

  @Override
  public boolean remembers() {
    return true;
  }

  @Override
  public void close() {
    stubs.shutdownNow();
    synchronized (running) {
      running.getAndSet(Optional.empty()).ifPresent(ServerProcess::stop);
    }
  }
}
