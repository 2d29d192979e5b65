package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.infra.connection.TemporalClients;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.infra.testing.TraceCollector;
import dev.selfpruner.infra.testing.TraceCollector.Received;
import dev.selfpruner.infra.tracing.OtlpTracing;
import dev.selfpruner.infra.tracing.Tracing;
import dev.selfpruner.infra.tracing.TracingSettings;
import dev.selfpruner.infra.worker.WorkerRole;
import dev.selfpruner.infra.worker.WorkerVersion;
import dev.selfpruner.infra.worker.Workers;
import dev.selfpruner.workflows.IterationWorkflowImpl;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.SearchWorkflowImpl;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.client.WorkflowClient;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tracing can be turned on and off under a search: the same comes out, and either history replays
 * with it and without. {@code -Dtraced.iterations} and {@code -Dtraced.rounds} ask for more, to see
 * what it costs.
 */
class TracedReplayTest {
  private static final int ROUNDS = Integer.getInteger("traced.rounds", 1);
  private static final Evolution EVOLUTION =
      new Evolution(4, Integer.getInteger("traced.iterations", 2), 2, 2);

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** Where Temporal's tracing keeps its ids. */
  private static final String HEADER = "_tracer-data";

  @TempDir private Path folder;

  private record Run(SearchResult result, List<WorkflowExecutionHistory> histories) {}

  @Test
  void changesNeitherResultsNorReplays() throws Exception {
    try (TraceCollector collector = TraceCollector.openToAll()) {
      try (Tracing tracing = tracing(collector.endpoint())) {
        Run plain = search(Tracing.OFF, "without");
        Run traced = search(tracing, "with");
        for (int i = 1; i < ROUNDS; i++) {
          search(Tracing.OFF, "without " + i);
          search(tracing, "with " + i);
        }
        assertThat(traced.result().searched()).isEqualTo(plain.result().searched());
        assertThat(traced.result().population().sha256())
            .isEqualTo(plain.result().population().sha256());
        assertThat(traced.histories().toString()).contains(HEADER);
        assertThat(plain.histories().toString()).doesNotContain(HEADER);
        for (Run run : List.of(plain, traced)) {
          replay(run, List.of());
          replay(run, tracing.workers().interceptors());
        }
      }
      assertThat(collector.spans())
          .filteredOn(span -> span.name().startsWith("RunActivity:"))
          .extracting(Received::trace)
          .as("whatever replays, a search is one trace")
          .isNotEmpty()
          .satisfies(traces -> assertThat(Set.copyOf(traces)).hasSize(ROUNDS));
    }
  }

  private static Tracing tracing(String endpoint) {
    return OtlpTracing.start(
        new TracingSettings(Optional.of(endpoint), Map.of()),
        trouble -> {
          throw new AssertionError(trouble);
        });
  }

  private static void replay(Run run, List<WorkerInterceptor> interceptors) throws Exception {
    TestEnvironmentOptions options =
        TestEnvironmentOptions.newBuilder().setWorkerFactoryOptions(with(interceptors)).build();
    for (WorkflowExecutionHistory history : run.histories()) {
      try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance(options)) {
        Worker worker = environment.newWorker(TaskQueues.WORKFLOW);
        worker.registerWorkflowImplementationTypes(
            SearchWorkflowImpl.class, IterationWorkflowImpl.class);
        WorkflowReplayer.replayWorkflowExecution(history, worker);
      }
    }
  }

  private static WorkerFactoryOptions with(List<WorkerInterceptor> interceptors) {
    return WorkerFactoryOptions.newBuilder()
        .setWorkerInterceptors(interceptors.toArray(WorkerInterceptor[]::new))
        .build();
  }

  private Run search(Tracing tracing, String name) throws IOException {
    Path own = Files.createDirectory(folder.resolve(name));
    try (TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance();
        ArtifactStore store = ArtifactStores.directory(own.resolve("store"))) {
      WorkflowClient client =
          TemporalClients.plain()
              .with(tracing.clients())
              .client(server.getWorkflowServiceStubs(), server.getNamespace());
      WorkerFactory evaluating =
          WorkerFactory.newInstance(client, with(tracing.workers().interceptors()));
      evaluating
          .newWorker(TaskQueues.GPU)
          .registerActivitiesImplementations(new FakeEvaluator(store));
      evaluating.start();
      Workers others =
          Workers.start(
              client,
              EnumSet.of(WorkerRole.LLM, WorkerRole.WORKFLOW),
              store,
              Home.open(own.resolve("home")),
              FirstRun::new,
              () -> {
                throw new AssertionError("the evaluator is fake");
              },
              tracing.workers(),
              WorkerVersion.UNTOLD);
      try {
        long start = System.nanoTime();
        long cpu = PROCESS.getProcessCpuTime();
        SearchSpec spec = Specs.builtIn(EVOLUTION);
        SearchResult result = Specs.start(client, spec).getResult(SearchResult.class);
        System.out.printf(
            Locale.ROOT,
            "%s tracing: %.2f ms an evaluation, %.2f ms of CPU, of %d%n",
            name,
            (System.nanoTime() - start) / 1e6 / result.evaluations(),
            (PROCESS.getProcessCpuTime() - cpu) / 1e6 / result.evaluations(),
            result.evaluations());
        return new Run(
            result,
            List.of(
                client.fetchHistory(spec.workflowId()),
                client.fetchHistory(spec.workflowId() + "-iteration-01")));
      } finally {
        others.close();
        evaluating.shutdownNow();
      }
    }
  }
}
