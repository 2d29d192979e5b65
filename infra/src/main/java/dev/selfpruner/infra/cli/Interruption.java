package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * What happens on Ctrl-C or a termination signal during a search: a word about how it goes on, and
 * the end of what was started for it, the latest first. Whatever the workers were doing is lost,
 * and done again.
 */
final class Interruption implements AutoCloseable {
  private final Thread hook;
  private final Deque<Runnable> ends = new ConcurrentLinkedDeque<>();

  private Interruption(Console console) {
    this.hook =
        new Thread(
            () -> {
              console.note("");
              console.note("Interrupted: give the same command again, and the search goes on.");
              ends.forEach(Runnable::run);
            },
            "interruption");
  }

  static Interruption announce(Console console) {
    Interruption interruption = new Interruption(console);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  void onExit(Runnable end) {
    ends.push(end);
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
