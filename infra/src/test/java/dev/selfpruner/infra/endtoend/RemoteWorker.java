package dev.selfpruner.infra.endtoend;

import dev.selfpruner.infra.testing.TcpLink;
import dev.selfpruner.infra.worker.WorkerRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A worker that somebody else supervises, with network of its own to the servers. */
final class RemoteWorker implements AutoCloseable {
  private final WorkerRole role;
  private final Path home;
  private final TcpLink temporal;
  private final TcpLink s3;
  private final Map<String, String> environment;
  private CommandProcess process;

  private RemoteWorker(
      WorkerRole role, Path home, TcpLink temporal, TcpLink s3, Map<String, String> environment)
      throws IOException {
    this.role = role;
    this.home = home;
    this.temporal = temporal;
    this.s3 = s3;
    this.environment = environment;
    start();
  }

  /**
   * Starts one.
   *
   * @param home its home folder, which is made
   * @param temporalPort of the server
   * @param s3Port of the store
   */
  static RemoteWorker start(
      WorkerRole role, Path home, int temporalPort, int s3Port, Map<String, String> environment)
      throws IOException {
    return new RemoteWorker(
        role,
        Files.createDirectory(home),
        TcpLink.to(temporalPort),
        TcpLink.to(s3Port),
        environment);
  }

  WorkerRole role() {
    return role;
  }

  TcpLink toTemporal() {
    return temporal;
  }

  TcpLink toStore() {
    return s3;
  }

  Journal journal() throws IOException {
    return Journal.of(home);
  }

  boolean isRunning() {
    return process.isRunning();
  }

  String errors() throws IOException {
    return process.errors();
  }

  /** Starts it, again after its end. */
  void start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add("worker");
    command.add(role.name().toLowerCase(Locale.ROOT));
    command.add("--end-with-stdin"); // and so with the test, however that ends
    command.addAll(Deployment.options(temporal.port(), s3.port()));
    process = CommandProcess.start(home, environment, command);
  }

  /** As {@code kill -9} does. */
  void kill() {
    process.kill();
  }

  @Override
  public void close() throws IOException {
    kill();
    temporal.close();
    s3.close();
  }
}
