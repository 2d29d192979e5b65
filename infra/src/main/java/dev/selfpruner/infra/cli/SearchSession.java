package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.FinishedRuns;
import dev.selfpruner.infra.embedded.FinishedRuns.Finished;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.HomeLock;
import dev.selfpruner.infra.embedded.ModelExport;
import dev.selfpruner.infra.embedded.SearchRun;
import dev.selfpruner.infra.embedded.TemporalChoice;
import dev.selfpruner.infra.embedded.TemporalServer;
import dev.selfpruner.infra.embedded.TemporalServers;
import dev.selfpruner.infra.report.ProgressDisplay;
import dev.selfpruner.infra.report.SearchReport;
import dev.selfpruner.infra.worker.GpuWorkerProcess;
import dev.selfpruner.infra.worker.SameProgram;
import dev.selfpruner.infra.worker.WorkerRole;
import dev.selfpruner.infra.worker.Workers;
import dev.selfpruner.workflows.SearchSpec;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs a search to its end, with whatever has to be brought up for it; or shows what it came to.
 *
 * @param working whether it runs workers, or others do elsewhere
 */
record SearchSession(Console console, Home home, RunOptions options, boolean working) {
  /** All but the one that runs native code, which may hang or crash. */
  private static final Set<WorkerRole> IN_THIS_PROCESS =
      EnumSet.complementOf(EnumSet.of(WorkerRole.GPU));

  static SearchSession withWorkers(Console console, Home home, RunOptions options) {
    return new SearchSession(console, home, options, true);
  }

  static SearchSession withoutWorkers(Console console, Home home, RunOptions options) {
    return new SearchSession(console, home, options, false);
  }

  /**
   * Runs a search, or goes on with it, or finds it finished.
   *
   * @param search its first run
   * @param checks of what is only looked at before a run begins
   */
  void run(SearchSpec search, Consumer<SearchSpec> checks)
      throws IOException, InterruptedException {
    TemporalChoice choice = options.temporal().choice(System.getenv());
    StoreLocation location = options.store().location(home);
    boolean shared = choice instanceof TemporalChoice.Remote;
    Optional<HomeLock> lock = shared ? Optional.empty() : Optional.of(HomeLock.acquire(home));
    try (ArtifactStore store = open(location)) {
      Optional<Finished> last = new FinishedRuns(store).last(search);
      SearchSpec wanted =
          search.withRun(last.map(run -> run.spec().run() + (options.anew() ? 1 : 0)).orElse(1));
      Path output = output(wanted);
      ModelExport export = ModelExport.to(output, wanted.key());
      SearchReport report;
      if (last.isPresent() && !options.anew()) {
        console.note(
            "This search is finished: this is its result (--new searches again, as run %d)."
                .formatted(wanted.run() + 1));
        report = new SearchReport(last.get().result(), wanted.sparsity(), output, wanted.run());
      } else {
        export.requireReplaceable();
        if (!new FinishedRuns(store).hasBegun(wanted)) {
          checks.accept(wanted);
        }
        SearchResult result = search(choice, store, wanted);
        report = new SearchReport(result, wanted.sparsity(), output, wanted.run());
      }
      export.write(store, report);
      console.result(options.json() ? report.json() : report.text());
    } finally {
      lock.ifPresent(HomeLock::close);
    }
  }

  private SearchResult search(TemporalChoice choice, ArtifactStore store, SearchSpec spec)
      throws IOException, InterruptedException {
    if (working) {
      options.gpu().check();
    }
    try (Interruption interruption = Interruption.announce(console);
        ProgressDisplay display = new ProgressDisplay(console);
        TemporalServer server = new TemporalServers(home, display::note).open(choice)) {
      interruption.onExit(server::close);
      WorkflowClient client =
          WorkflowClient.newInstance(
              server.stubs(),
              WorkflowClientOptions.newBuilder().setNamespace(server.namespace()).build());
      SearchRun run = new SearchRun(client, spec);
      if (run.isRunning() || new FinishedRuns(store).hasBegun(spec)) {
        display.note("Going on where this search was interrupted.");
      }
      server
          .webInterface()
          .ifPresentOrElse(
              address ->
                  display.note(
                      "Temporal UI: %s/namespaces/%s/workflows/%s"
                          .formatted(address, server.namespace(), spec.workflowId())),
              () -> display.note("This is " + spec.workflowId()));
      if (!working) {
        run.start();
        return run.await(display::show, display::note, () -> {});
      }
      Workers others = Workers.start(client, IN_THIS_PROCESS, store, home, options.gpu()::settings);
      try (others;
          GpuWorkerProcess gpu = startGpuWorker(server, display)) {
        interruption.onExit(gpu::kill);
        run.start();
        return run.await(display::show, display::note, gpu::requireGoingOn);
      }
    }
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
    return GpuWorkerProcess.start(SameProgram.with(home, arguments), home.log(), display::note);
  }

  private Path output(SearchSpec wanted) {
    return options
        .out()
        .map(path -> path.toAbsolutePath().normalize())
        .orElse(home.models().resolve(wanted.workflowId()));
  }

  private static ArtifactStore open(StoreLocation location) {
    try {
      return ArtifactStores.open(location);
    } catch (IOException e) {
      throw new UserError("cannot use the artifact store: " + e.getMessage(), e);
    }
  }
}
