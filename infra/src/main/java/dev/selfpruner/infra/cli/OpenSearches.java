package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.TemporalClients;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.HomeLock;
import dev.selfpruner.infra.embedded.SearchPath;
import dev.selfpruner.infra.embedded.TemporalChoice;
import dev.selfpruner.infra.embedded.TemporalCli;
import dev.selfpruner.infra.embedded.TemporalServer;
import dev.selfpruner.infra.embedded.TemporalServers;
import dev.selfpruner.infra.gc.OpenWorkflows;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Consumer;

/**
 * Which workflows are open, and what keeps others from opening until this is closed: nothing where
 * the server is a shared one, else the home folder's lock.
 *
 * @param described where they were looked for, in words
 * @param lock none, or one
 */
record OpenSearches(OpenWorkflows workflows, String described, List<HomeLock> lock)
    implements AutoCloseable {

  /** Asks no server. */
  static OpenSearches nobody(int days) {
    return new OpenSearches(
        OpenWorkflows.NONE,
        "no Temporal server was asked which searches are open: what was used in the last %d days stays"
            .formatted(days),
        List.of());
  }

  /**
   * Asks the server that searches run on.
   *
   * @param homes whether the store is the home folder's own, whose searches run on its own server
   * @throws UserError if nobody knows which that is
   */
  static OpenSearches ask(
      Home home,
      TemporalChoice choice,
      TemporalClients clients,
      boolean homes,
      Consumer<String> notes) {
    if (choice instanceof TemporalChoice.Remote) {
      return new OpenSearches(
              of(home, choice, clients, notes),
              "open workflows were asked of the named Temporal server",
              List.of())
          .withCount();
    }
    if (!homes) {
      throw new UserError(
          "searches on this store may be open on some Temporal server: name it with --temporal-address, or give --older-than DAYS to go without");
    }
    HomeLock lock = HomeLock.acquire(Home.open(home.folder()));
    boolean asked = false;
    try {
      OpenSearches found = askOwn(home, choice, clients, notes, lock);
      asked = true;
      return found;
    } finally {
      if (!asked) {
        lock.close();
      }
    }
  }

  private static OpenSearches askOwn(
      Home home,
      TemporalChoice choice,
      TemporalClients clients,
      Consumer<String> notes,
      HomeLock lock) {
    if (!Files.exists(home.temporalDatabase()) || choice instanceof TemporalChoice.InJvm) {
      return new OpenSearches(
          OpenWorkflows.NONE,
          "no search is open: no Temporal server of this home folder remembers any",
          List.of(lock));
    }
    boolean startable =
        choice instanceof TemporalChoice.Executable
            || TemporalCli.find(home, SearchPath.of(System.getenv())).isPresent();
    if (!startable) {
      throw new UserError(
          "searches may be open in %s, and there is no Temporal CLI to ask it with: name one with --temporal-cli, or give --older-than DAYS to go without"
              .formatted(home.temporalDatabase()));
    }
    return new OpenSearches(
            of(home, choice, clients, notes),
            "open workflows were asked of this home folder's Temporal server",
            List.of(lock))
        .withCount();
  }

  private static OpenWorkflows of(
      Home home, TemporalChoice choice, TemporalClients clients, Consumer<String> notes) {
    try (TemporalServer server = new TemporalServers(home, notes).open(choice)) {
      return OpenWorkflows.of(clients.client(server.stubs(), server.namespace()));
    }
  }

  private OpenSearches withCount() {
    List<String> ids = workflows.ids();
    return new OpenSearches(
        workflows,
        "%s: %s".formatted(described, ids.isEmpty() ? "none" : String.join(", ", ids)),
        lock);
  }

  @Override
  public void close() {
    lock.forEach(HomeLock::close);
  }
}
