package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.infra.connection.TemporalClients;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.RealServers;
import dev.selfpruner.infra.testing.PlainServer;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.infra.worker.WorkerRole;
import dev.selfpruner.infra.worker.Workers;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.worker.WorkerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What orchestration takes: a search whose evaluations cost nothing, on a real Temporal server.
 * Needs Temporal's CLI: see {@link RealServers}. {@code -Dlong.iterations} asks for more.
 */
class LongSearchServerTest {
  private static final int ITERATIONS = Integer.getInteger("long.iterations", 30);
  private static final Evolution EVOLUTION = new Evolution(12, ITERATIONS, 6, 6);

  /** Of 51,200 events and 50 MB, at which a server ends a workflow. */
  private static final long MOST_EVENTS = 2_000;

  private static final long MOST_BYTES = 1 << 20;

  private static final int SAMPLES = 10;

  @TempDir private Path folder;

  /** Largest history of all workflows on the server. */
  private record Histories(int workflows, long events, long bytes) {}

  @Test
  void staysSmallHoweverLongItIs() throws Exception {
    Path cli = RealServers.temporalCli();
    try (PlainServer server = PlainServer.temporal(cli, folder);
        ArtifactStore store = ArtifactStores.directory(folder.resolve("store"))) {
      WorkflowServiceStubs stubs = TemporalClients.stubs("127.0.0.1:" + server.port());
      FakeEvaluator evaluator = new FakeEvaluator(store);
      WorkflowClient client = TemporalClients.plain().client(stubs, "default");
      WorkerFactory factory = evaluating(client, evaluator);
      Workers others = orchestrating(client, store);
      try {
        long start = System.nanoTime();
        List<Long> heap = new ArrayList<>();
        SearchResult result =
            result(Specs.start(client, Specs.builtIn(EVOLUTION)), evaluator, heap);
        double millis = (System.nanoTime() - start) / 1e6;
        Histories histories = histories(stubs);
        System.out.printf(
            Locale.ROOT,
            "%d iterations, %d evaluations: %.1f ms each; largest of %d histories: %d events, %d bytes; heap in MiB: %s%n",
            ITERATIONS,
            result.evaluations(),
            millis / result.evaluations(),
            histories.workflows(),
            histories.events(),
            histories.bytes(),
            heap.stream().map(bytes -> bytes >> 20).toList());

        // parents that have come close have fewer children that are new
        assertThat(result.evaluations())
            .isBetween(EVOLUTION.evaluations() * 4 / 5, EVOLUTION.evaluations());
        assertThat(evaluator.evaluated()).as("none twice").isEqualTo(result.evaluations());
        assertThat(histories.workflows()).isGreaterThan(ITERATIONS);
        assertThat(histories.events()).isLessThan(MOST_EVENTS);
        assertThat(histories.bytes()).isLessThan(MOST_BYTES);
        assertThat(heap).hasSize(SAMPLES);
        assertThat(heap.get(SAMPLES - 1))
            .as("from a third of the search on: %s", heap)
            .isLessThan(heap.get(SAMPLES / 3) + (48L << 20));
      } finally {
        others.close();
        factory.shutdownNow();
        factory.awaitTermination(10, TimeUnit.SECONDS);
        stubs.shutdownNow();
      }
    }
  }

  private static WorkerFactory evaluating(WorkflowClient client, FakeEvaluator evaluator) {
    WorkerFactory factory = WorkerFactory.newInstance(client);
    factory.newWorker(TaskQueues.GPU).registerActivitiesImplementations(evaluator);
    factory.start();
    return factory;
  }

  private Workers orchestrating(WorkflowClient client, ArtifactStore store) throws IOException {
    return Workers.start(
        client,
        EnumSet.of(WorkerRole.LLM, WorkerRole.WORKFLOW),
        store,
        Home.open(folder.resolve("home")),
        FirstRun::new,
        () -> {
          throw new AssertionError("the evaluator is fake");
        });
  }

  /** Waits for the search's end, and looks at the heap at each tenth of its evaluations. */
  private static SearchResult result(WorkflowStub search, FakeEvaluator evaluator, List<Long> heap)
      throws Exception {
    CompletableFuture<SearchResult> result = search.getResultAsync(SearchResult.class);
    while (true) {
      try {
        SearchResult ended = result.get(50, TimeUnit.MILLISECONDS);
        while (heap.size() < SAMPLES) {
          heap.add(heapAfterCollection());
        }
        return ended;
      } catch (TimeoutException e) {
        if (evaluator.evaluated() >= (long) EVOLUTION.evaluations() * heap.size() / SAMPLES
            && heap.size() < SAMPLES) {
          heap.add(heapAfterCollection());
        }
      }
    }
  }

  private static long heapAfterCollection() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** What is listed lags behind what is: until the search itself is closed there. */
  private static Histories histories(WorkflowServiceStubs stubs) throws InterruptedException {
    List<WorkflowExecutionInfo> before = List.of();
    List<WorkflowExecutionInfo> now = listed(stubs);
    while (now.size() <= ITERATIONS || now.size() != before.size()) {
      Thread.sleep(1_000);
      before = now;
      now = listed(stubs);
    }
    return new Histories(
        now.size(),
        now.stream().mapToLong(WorkflowExecutionInfo::getHistoryLength).max().orElseThrow(),
        now.stream().mapToLong(WorkflowExecutionInfo::getHistorySizeBytes).max().orElseThrow());
  }

  /** Those that are closed, whose sizes are final. */
  private static List<WorkflowExecutionInfo> listed(WorkflowServiceStubs stubs) {
    List<WorkflowExecutionInfo> all = new ArrayList<>();
    ListWorkflowExecutionsRequest.Builder request =
        ListWorkflowExecutionsRequest.newBuilder()
            .setNamespace("default")
            .setPageSize(200)
            .setQuery("ExecutionStatus != 'Running'");
    do {
      ListWorkflowExecutionsResponse page =
          stubs.blockingStub().listWorkflowExecutions(request.build());
      all.addAll(page.getExecutionsList());
      request.setNextPageToken(page.getNextPageToken());
    } while (!request.getNextPageToken().isEmpty());
    return all;
  }
}
