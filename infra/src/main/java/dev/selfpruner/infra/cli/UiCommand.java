package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.HomeLock;
import dev.selfpruner.infra.embedded.TemporalServer;
import dev.selfpruner.infra.embedded.TemporalServers;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ui}: Temporal's web interface on what the home folder remembers. */
@Command(
    name = "ui",
    sortOptions = false,
    header = "Show past searches in Temporal's web interface, until a signal.",
    description = "While a search runs, its own server has the web interface.")
final class UiCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private TemporalOptions temporal = new TemporalOptions();

  UiCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Home home = Home.open(Home.defaultFolder());
    HomeLock lock = HomeLock.acquire(home);
    try (lock;
        TemporalServer server =
            new TemporalServers(home, console::note).open(temporal.choice(System.getenv()))) {
      URI address =
          server
              .webInterface()
              .orElseThrow(
                  () ->
                      new UserError(
                          "no web interface is known for this server: install Temporal's CLI, or name it with --temporal-cli"));
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-server"));
      console.note("Temporal UI: %s (a signal stops it)".formatted(address));
      new CountDownLatch(1).await();
      return ExitCodes.OK;
    }
  }
}
