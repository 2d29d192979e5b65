package dev.selfpruner.infra.embedded;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.Connection;
import io.temporal.testing.TemporalDevServerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds or brings up the Temporal server that a command asked for. */
public final class TemporalServers {
  private static final Logger LOG = LoggerFactory.getLogger(TemporalServers.class);
  private static final String DOWNLOADS = "https://temporal.download";
  private static final int PROBE_MILLIS = 3_000;

  /** 60 MB on a slow line, and the server's start. */
  private static final long DOWNLOAD_SECONDS = 180;

  private final Home home;
  private final Consumer<String> notes;

  /**
   * @param home whose lock the caller holds, unless the server is a remote one
   * @param notes receives a line about what takes its time and what is lost
   */
  public TemporalServers(Home home, Consumer<String> notes) {
    this.home = home;
    this.notes = notes;
  }

  /**
   * Connects to a server, or starts one.
   *
   * @throws UserError if the server that was named is not there
   */
  public TemporalServer open(TemporalChoice choice) {
    if (choice instanceof TemporalChoice.Remote remote) {
      return RemoteServer.connect(remote.connection());
    }
    if (choice instanceof TemporalChoice.Executable named) {
      return startExecutable(named.path());
    }
    if (choice instanceof TemporalChoice.InJvm) {
      return startInJvm();
    }
    return startWhatIsThere();
  }

  /**
   * Connects to a server that runs already: the one that is named, or that of a command which uses
   * the home folder meanwhile, without its lock.
   *
   * @throws UserError if there is none
   */
  public TemporalServer running(TemporalChoice choice) {
    if (choice instanceof TemporalChoice.Remote) {
      return open(choice);
    }
    ServerProcess process =
        ServerProcess.of(home.temporalDatabase())
            .orElseThrow(
                () ->
                    new UserError(
                        "no Temporal server of the home folder %s runs: give the search's command again, or name a server with --temporal-address (one inside a search's own process can't be reached from here)"
                            .formatted(home.folder())));
    return RemoteServer.connect(Connection.plain(process.target(), ServerProcess.NAMESPACE));
  }

  private TemporalServer startWhatIsThere() {
    Optional<Path> executable = TemporalCli.find(home, SearchPath.of(System.getenv()));
    return executable.isPresent()
        ? startExecutable(executable.get())
        : download().orElseGet(this::startInJvm);
  }

  private TemporalServer startExecutable(Path executable) {
    if (!Files.isRegularFile(executable) || !Files.isExecutable(executable)) {
      throw new UserError(
          "no Temporal CLI at %s: correct --temporal-cli, or leave it out"
              .formatted(executable.toAbsolutePath()));
    }
    try {
      return DevelopmentServer.start(
          home,
          TemporalDevServerOptions.newBuilder()
              .setExistingPath(executable.toAbsolutePath().toString())
              .setDownloadEnabled(false));
    } catch (IllegalStateException e) {
      throw new UserError(
          "%s does not start (see %s): correct --temporal-cli, or use --temporal test-server"
              .formatted(executable, home.temporalLog()),
          e);
    }
  }

  private TemporalServer startInJvm() {
    TemporalServer server = InJvmServer.start();
    notes.accept(server.description());
    return server;
  }

  private static boolean isReachable() {
    try {
      URLConnection connection = URI.create(DOWNLOADS).toURL().openConnection();
      connection.setConnectTimeout(PROBE_MILLIS);
      connection.setReadTimeout(PROBE_MILLIS);
      connection.connect();
      return true;
    } catch (IOException e) {
      LOG.info("no Temporal CLI on the path, and {} cannot be reached", DOWNLOADS, e);
      return false;
    }
  }

  /** The SDK's own download, where there is a network. */
  private Optional<TemporalServer> download() {
    if (!isReachable()) {
      return Optional.empty();
    }
    notes.accept(
        "fetching Temporal's CLI (about 60 MB, once, at most %d s) ..."
            .formatted(DOWNLOAD_SECONDS));
    CompletableFuture<DevelopmentServer> started =
        CompletableFuture.supplyAsync(
            () ->
                DevelopmentServer.start(
                    home,
                    TemporalDevServerOptions.newBuilder()
                        .setDownloadDestination(home.temporalDownloads().toString())));
    try {
      return Optional.of(started.get(DOWNLOAD_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the Temporal CLI could not be downloaded", e);
      var unused = started.thenAccept(DevelopmentServer::close); // if it comes after all
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while fetching Temporal's CLI", e);
    }
  }
}
