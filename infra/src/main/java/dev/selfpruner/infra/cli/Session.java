package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.gpu.activity.Locations;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.HomeLock;
import dev.selfpruner.infra.embedded.TemporalChoice;
import dev.selfpruner.infra.embedded.TemporalServer;
import dev.selfpruner.infra.embedded.TemporalServers;
import dev.selfpruner.infra.metrics.Metrics;
import dev.selfpruner.infra.report.ProgressDisplay;
import dev.selfpruner.infra.tracing.Tracing;
import dev.selfpruner.infra.worker.CurrentVersions;
import dev.selfpruner.infra.worker.GpuWorkerProcess;
import dev.selfpruner.infra.worker.SameProgram;
import dev.selfpruner.infra.worker.WorkerRole;
import dev.selfpruner.infra.worker.WorkerVersion;
import dev.selfpruner.infra.worker.Workers;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.client.WorkflowClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Brings up what a command's workflow needs - the store, a server, workers - and takes it down when
 * the command is done.
 *
 * @param working whether it runs workers, or others do elsewhere
 */
record Session(Console console, Home home, RunOptions options, boolean working) {
  /** All but the one that runs native code, which may hang or crash. */
  private static final Set<WorkerRole> IN_THIS_PROCESS =
      EnumSet.complementOf(EnumSet.of(WorkerRole.GPU));

  /** On a server where a version of workers is the current one, it has all work. */
  private static final String UNEMPLOYED =
      "Temporal gives searches to workers of version %s; of those of this command, only the GPU's may get work. Where the server has GPU workers, --no-workers spares all of them.";

  /** How variables begin that say how to reach a server. */
  private static final String OTHERS_SERVER = "TEMPORAL_";

  /** What a command does with the store. */
  @FunctionalInterface
  interface StoreTask {
    void run(ArtifactStore store) throws IOException, InterruptedException;
  }

  /** What a command does while server and workers are there. */
  @FunctionalInterface
  interface Task<T> {
    T run(Running running) throws IOException, InterruptedException;
  }

  /**
   * What is there while a task runs.
   *
   * @param requireWorkers throws when there is nobody left to do the work
   */
  record Running(
      TemporalServer server,
      WorkflowClient client,
      ProgressDisplay display,
      Runnable requireWorkers) {

    /** Says where people can look at a workflow. */
    void announce(String workflowId) {
      server
          .webInterface()
          .ifPresentOrElse(
              address ->
                  display.note(
                      "Temporal UI: %s/namespaces/%s/workflows/%s"
                          .formatted(address, server.namespace(), workflowId)),
              () -> display.note("This is " + workflowId));
    }
  }

  /** Keeps other commands out of the home folder meanwhile, unless the server is a shared one. */
  void withStore(StoreTask task) throws IOException, InterruptedException {
    StoreLocation location = options.store().location(home);
    Optional<HomeLock> lock = isShared() ? Optional.empty() : Optional.of(HomeLock.acquire(home));
    try (ArtifactStore store = StoreOptions.open(location)) {
      task.run(store);
    } finally {
      lock.ifPresent(HomeLock::close);
    }
  }

  <T> T withServer(ArtifactStore store, Task<T> task) throws IOException, InterruptedException {
    if (working) {
      options.gpu().check();
    }
    try (Interruption interruption = Interruption.announce(console);
        ProgressDisplay display = new ProgressDisplay(console);
        Metrics metrics = options.metrics().open();
        Tracing tracing = options.tracing().open(System.getenv(), display::note);
        TemporalServer server =
            new TemporalServers(home, display::note, metrics.temporal()).open(choice())) {
      interruption.onExit(tracing::close);
      interruption.onExit(server::close);
      WorkflowClient client =
          options.clients().with(tracing.clients()).client(server.stubs(), server.namespace());
      if (!working) {
        return task.run(new Running(server, client, display, () -> {}));
      }
      if (isShared()) {
        new CurrentVersions(server.stubs(), server.namespace())
            .ofWorkflows(TaskQueues.WORKFLOW)
            .ifPresent(version -> display.note(UNEMPLOYED.formatted(version)));
      }
      Workers others =
          Workers.start(
              client,
              IN_THIS_PROCESS,
              store,
              home,
              () -> new Launches(store, DefaultTexts.of(System.getenv()), Locations.ANYWHERE),
              options.gpu()::settings,
              metrics.workers().and(tracing.workers()),
              WorkerVersion.UNTOLD);
      metrics.ready(true);
      try (others;
          GpuWorkerProcess gpu = startGpuWorker(server, display)) {
        interruption.onExit(gpu::kill);
        return task.run(new Running(server, client, display, gpu::requireGoingOn));
      }
    }
  }

  /** Whether others run the server. */
  private boolean isShared() {
    return choice() instanceof TemporalChoice.Remote;
  }

  private TemporalChoice choice() {
    return options.temporal().choice(System.getenv());
  }

  private GpuWorkerProcess startGpuWorker(TemporalServer server, ProgressDisplay display) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "worker",
                WorkerRole.GPU.name(),
                WorkerCommand.END_WITH_STDIN,
                "--temporal-address=" + server.target(),
                "--temporal-namespace=" + server.namespace()));
    arguments.addAll(options.forWorker());
    arguments.addAll(options.metrics().forWorker());
    arguments.addAll(options.tracing().forWorker());
    ProcessBuilder program = SameProgram.with(home, arguments);
    program.environment().keySet().removeAll(VersionOptions.VARIABLES); // as our other workers
    if (!isShared()) {
      // What is said there of a server that others run is not of the one that we started.
      program.environment().keySet().removeIf(name -> name.startsWith(OTHERS_SERVER));
    }
    return GpuWorkerProcess.start(program, home.log(), display::note);
  }
}
