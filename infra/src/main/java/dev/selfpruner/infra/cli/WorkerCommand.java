package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.gpu.activity.Locations;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.connection.TemporalClients;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.TemporalChoice;
import dev.selfpruner.infra.embedded.TemporalServer;
import dev.selfpruner.infra.embedded.TemporalServers;
import dev.selfpruner.infra.metrics.Metrics;
import dev.selfpruner.infra.tracing.Tracing;
import dev.selfpruner.infra.worker.WorkerRole;
import dev.selfpruner.infra.worker.WorkerVersion;
import dev.selfpruner.infra.worker.Workers;
import io.temporal.client.WorkflowClient;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code worker}: one or more workers, until they are told to stop. */
@Command(
    name = "worker",
    sortOptions = false,
    header = "Run workers alone, for a Temporal server and a store that others run.",
    description =
        "All workers and searches of one server use the same store. A signal stops a worker: what it was doing is given to another.")
final class WorkerCommand implements Callable<Integer> {
  /**
   * The parent process holds standard input open: it ends when the parent does, however that is.
   */
  static final String END_WITH_STDIN = "--end-with-stdin";

  /** Long enough for a batch to reach its next heartbeat. */
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private static final Logger LOG = LoggerFactory.getLogger(WorkerCommand.class);

  private final Console console;

  @Parameters(
      arity = "1..3",
      paramLabel = "ROLE",
      description =
          "gpu (calibrates, evaluates, prunes), llm (proposes candidates), workflow (orchestrates).")
  private List<WorkerRole> roles;

  @Mixin private ConnectionOptions temporal = new ConnectionOptions();

  @Mixin private PayloadOptions payloads = new PayloadOptions();

  @Mixin private VersionOptions versions = new VersionOptions();

  @ArgGroup(exclusive = false, heading = "%nArtifacts:%n")
  private StoreOptions store = new StoreOptions();

  @Mixin private GpuFlags gpu = new GpuFlags();

  @Mixin private RootOptions roots = new RootOptions();

  @Mixin private DefaultTexts texts = new DefaultTexts();

  @Mixin private MetricsOptions metrics = new MetricsOptions();

  @Mixin private TracingOptions tracing = new TracingOptions();

  @Option(names = END_WITH_STDIN, hidden = true)
  private boolean endsWithInput;

  WorkerCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (endsWithInput) {
      EndOfInput.halt(System.in);
    }
    WorkerVersion version = versions.version(System.getenv(), VersionOptions.release());
    Locations locations = roots.locations();
    texts.completeFrom(System.getenv());
    Home home = Home.open(Home.defaultFolder());
    TemporalChoice choice = new TemporalChoice.Remote(temporal.connection(System.getenv()));
    TemporalClients clients = payloads.clients(System.getenv());
    try (ArtifactStore artifacts = StoreOptions.open(store.location(home));
        Metrics counted = metrics.open();
        Tracing traced = tracing.open(System.getenv(), this::say);
        TemporalServer server =
            new TemporalServers(home, this::say, counted.temporal()).open(choice)) {
      WorkflowClient client =
          clients.with(traced.clients()).client(server.stubs(), server.namespace());
      Workers workers =
          Workers.start(
              client,
              EnumSet.copyOf(roles),
              artifacts,
              home,
              () -> new Launches(artifacts, texts, locations),
              () -> gpu.settings().within(locations),
              counted.workers().and(traced.workers()),
              version);
      counted.ready(true);
      say(
          "%s: working for %s; a signal stops it"
              .formatted(
                  roles.stream()
                      .map(role -> role.name().toLowerCase(Locale.ROOT))
                      .collect(Collectors.joining(", ")),
                  server.description()));
      VersionOptions.standing(version, server).forEach(this::say);
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> stop(workers, counted, traced), "stop-workers"));
      new CountDownLatch(1).await(); // until a signal ends the process
      return ExitCodes.OK;
    }
  }

  /** A line of the log, where that is on the terminal: who collects it reads one format. */
  private void say(String line) {
    if (System.getProperty("selfpruner.console") == null) {
      console.note(line);
    } else {
      LOG.info("{}", line);
    }
  }

  private static void stop(Workers workers, Metrics counted, Tracing traced) {
    counted.ready(false);
    workers.stop(PATIENCE);
    traced.close();
  }
}
