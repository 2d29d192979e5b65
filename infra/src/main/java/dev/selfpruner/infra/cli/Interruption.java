package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.embedded.TemporalServer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What happens on Ctrl-C or a termination signal during a search: a word about how it goes on, and
 * the end of the server that was started for it. Whatever the workers were doing is lost, and done
 * again.
 */
final class Interruption implements AutoCloseable {
  private final Thread hook;
  private final AtomicReference<Optional<TemporalServer>> server =
      new AtomicReference<>(Optional.empty());

  private Interruption(Console console) {
    this.hook =
        new Thread(
            () -> {
              console.note("");
              console.note("Interrupted: give the same command again, and the search goes on.");
              server.get().ifPresent(TemporalServer::close);
            },
            "interruption");
  }

  static Interruption announce(Console console) {
    Interruption interruption = new Interruption(console);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  void stopOnExit(TemporalServer started) {
    server.set(Optional.of(started));
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is on its way out, and the hook is running.
    }
  }
}
