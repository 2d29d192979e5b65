package dev.selfpruner.infra.endtoend;

import static dev.selfpruner.infra.endtoend.VersionedWorker.DEPLOYMENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.infra.connection.TemporalClients;
import dev.selfpruner.infra.embedded.RealServers;
import dev.selfpruner.infra.testing.PlainServer;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.infra.worker.CurrentVersions;
import dev.selfpruner.workflows.CompareEntry;
import dev.selfpruner.workflows.CompareResult;
import dev.selfpruner.workflows.CompareSpec;
import dev.selfpruner.workflows.SearchInput;
import dev.selfpruner.workflows.SearchProgress;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.api.enums.v1.RoutingConfigUpdateState;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.DescribeWorkerDeploymentRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.worker.WorkerFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two versions of workers on one server. What computes is fake, and has no version. Needs
 * Temporal's CLI: see {@link RealServers}.
 */
class VersionedWorkersServerTest {
  private static final Evolution EVOLUTION = new Evolution(4, 3, 2, 2);

  /** Where the next search waits in its iteration 1. */
  private final AtomicReference<Gate> gate = new AtomicReference<>(new Gate());

  @TempDir private Path folder;

  @Test
  void aSearchStaysWithItsVersionUntilItsNextHistory() throws Exception {
    Path cli = RealServers.temporalCli();
    try (PlainServer server = PlainServer.temporal(cli, folder);
        ArtifactStore store = ArtifactStores.directory(folder.resolve("store"));
        VersionedWorker first = VersionedWorker.start("1", folder, server.port(), cli);
        VersionedWorker second = VersionedWorker.start("2", folder, server.port(), cli)) {
      WorkflowServiceStubs stubs = TemporalClients.stubs("127.0.0.1:" + server.port());
      WorkflowClient client = TemporalClients.plain().client(stubs, "default");
      WorkerFactory computing = computing(client, new FakeEvaluator(store, this::waitAtTheGate));
      try {
        SearchResult moved = goesOverWithItsNextHistory(client, first, second);

        SearchSpec undisturbed = Specs.builtIn(EVOLUTION).withRun(2);
        assertThat(search(client, undisturbed).getResult(SearchResult.class))
            .usingRecursiveComparison()
            .ignoringFields("searchKey", "population")
            .isEqualTo(moved);
        assertThat(versions(client, undisturbed.workflowId())).containsExactly("2");
        CurrentVersions current = new CurrentVersions(stubs, "default");
        assertThat(current.ofDeployment(DEPLOYMENT))
            .contains(new CurrentVersions.Routing(Optional.of("pruning:2"), Optional.empty()));
        assertThat(current.ofWorkflows(TaskQueues.WORKFLOW)).contains("pruning:2");
        assertThat(current.ofDeployment("another"))
            .contains(new CurrentVersions.Routing(Optional.empty(), Optional.empty()));

        isBroughtOverWhereItsVersionIsGone(client, first, second);
      } finally {
        computing.shutdownNow();
        computing.awaitTermination(10, TimeUnit.SECONDS);
        stubs.shutdownNow();
      }
    }
  }

  /** Two searches of a comparison, one after the other; gives the first one's result. */
  private SearchResult goesOverWithItsNextHistory(
      WorkflowClient client, VersionedWorker first, VersionedWorker second) throws Exception {
    makeCurrent(first, client);
    CompareSpec compared =
        new CompareSpec(
            List.of(new CompareEntry("only", Specs.builtIn(EVOLUTION))), List.of(0L, 1L), 1);
    WorkflowStub comparison = stub(client, "CompareWorkflow", compared.workflowId());
    var unused = comparison.start(compared);
    String earlier = compared.workflowId() + "-0-0";
    gate.get().awaitReached();
    makeCurrent(second, client);
    awaitNotice(client, earlier);
    gate.get().open();
    CompareResult result = comparison.getResult(CompareResult.class);

    assertThat(versions(client, earlier))
        .as("one history after the other")
        .containsExactly("1", "2");
    assertThat(iterations(client, earlier))
        .as("the iteration under way stays, too")
        .containsExactly("1", "1", "2", "2");
    assertThat(versions(client, compared.workflowId() + "-0-1"))
        .as("begun later")
        .containsExactly("2");
    assertThat(versions(client, compared.workflowId()))
        .as("the comparison itself goes over at once")
        .containsExactly("1, 2");
    return result.rows().get(0).result().get(0);
  }

  private void isBroughtOverWhereItsVersionIsGone(
      WorkflowClient client, VersionedWorker first, VersionedWorker second) throws Exception {
    makeCurrent(first, client);
    gate.set(new Gate());
    SearchSpec spec = Specs.builtIn(EVOLUTION).withRun(3);
    WorkflowStub search = search(client, spec);
    gate.get().awaitReached();
    makeCurrent(second, client);
    first.close();
    gate.get().open();

    second.takeOver("1", "2", 2);

    assertThat(search.getResult(SearchResult.class).evaluations())
        .isEqualTo(EVOLUTION.evaluations());
    assertThat(versions(client, spec.workflowId())).containsExactly("1, 2");
    assertThat(iterations(client, spec.workflowId())).containsExactly("1", "1, 2", "2", "2");
  }

  /** Until all of a server's queues know: the command is answered a moment before. */
  private static void makeCurrent(VersionedWorker worker, WorkflowClient client) throws Exception {
    worker.makeCurrent();
    DescribeWorkerDeploymentRequest question =
        DescribeWorkerDeploymentRequest.newBuilder()
            .setNamespace(client.getOptions().getNamespace())
            .setDeploymentName(DEPLOYMENT)
            .build();
    await(
        () ->
            client
                    .getWorkflowServiceStubs()
                    .blockingStub()
                    .describeWorkerDeployment(question)
                    .getWorkerDeploymentInfo()
                    .getRoutingConfigUpdateState()
                == RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_COMPLETED);
  }

  /**
   * Until a server has told a search of the other version: with a task of the search, and its
   * worker's own queue hears of it a moment after the others. A pause that is taken back gives it a
   * task.
   */
  private static void awaitNotice(WorkflowClient client, String searchId) throws Exception {
    WorkflowStub search = client.newUntypedWorkflowStub(searchId);
    await(
        () -> {
          search.update("pause", SearchProgress.class);
          search.update("resume", SearchProgress.class);
          return client.fetchHistory(searchId).getEvents().stream()
              .anyMatch(
                  event ->
                      event
                          .getWorkflowTaskStartedEventAttributes()
                          .getTargetWorkerDeploymentVersionChanged());
        });
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long began = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
      Thread.sleep(50);
    }
  }

  private void waitAtTheGate(EvaluationRequest request) {
    if (request.ids().get(0).startsWith("i01-")) {
      gate.get().pass();
    }
  }

  private static WorkerFactory computing(WorkflowClient client, FakeEvaluator evaluator) {
    WorkerFactory factory = WorkerFactory.newInstance(client);
    factory.newWorker(TaskQueues.GPU).registerActivitiesImplementations(evaluator);
    factory.start();
    return factory;
  }

  private static WorkflowStub search(WorkflowClient client, SearchSpec spec) {
    WorkflowStub search = stub(client, "SearchWorkflow", spec.workflowId());
    var unused = search.start(SearchInput.of(spec));
    return search;
  }

  private static WorkflowStub stub(WorkflowClient client, String type, String id) {
    return client.newUntypedWorkflowStub(
        type,
        WorkflowOptions.newBuilder().setTaskQueue(TaskQueues.WORKFLOW).setWorkflowId(id).build());
  }

  private static List<String> iterations(WorkflowClient client, String searchId) {
    return IntStream.rangeClosed(0, EVOLUTION.iterations())
        .mapToObj(i -> "%s-iteration-%02d".formatted(searchId, i))
        .flatMap(id -> versions(client, id).stream())
        .toList();
  }

  /** Builds that did a workflow's tasks, for each of its histories, the first one first. */
  private static List<String> versions(WorkflowClient client, String workflowId) {
    Deque<String> versions = new ArrayDeque<>();
    WorkflowExecutionHistory history = client.fetchHistory(workflowId);
    while (true) {
      versions.addFirst(builds(history));
      String before =
          history
              .getEvents()
              .get(0)
              .getWorkflowExecutionStartedEventAttributes()
              .getContinuedExecutionRunId();
      if (before.isEmpty()) {
        return List.copyOf(versions);
      }
      history = client.fetchHistory(workflowId, before);
    }
  }

  private static String builds(WorkflowExecutionHistory history) {
    return history.getEvents().stream()
        .filter(HistoryEvent::hasWorkflowTaskCompletedEventAttributes)
        .map(
            event ->
                event.getWorkflowTaskCompletedEventAttributes().getDeploymentVersion().getBuildId())
        .distinct()
        .collect(Collectors.joining(", "));
  }
}
