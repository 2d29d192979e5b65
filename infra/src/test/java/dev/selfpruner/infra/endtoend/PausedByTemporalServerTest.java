package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.RealServers;
import dev.selfpruner.infra.embedded.SearchList;
import dev.selfpruner.infra.embedded.SearchRun;
import dev.selfpruner.infra.embedded.SteeredSearch;
import dev.selfpruner.infra.gc.OpenWorkflows;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.workflows.SearchInput;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.api.workflowservice.v1.PauseWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.UnpauseWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TemporalDevServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code temporal workflow pause} is not our pause: needs Temporal's CLI, see {@link RealServers}.
 */
@Timeout(120)
class PausedByTemporalServerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final SearchSpec SPEC = Specs.builtIn();

  @TempDir private Path folder;

  @Test
  void aSearchThatTemporalHasPausedIsOpenAndWhoeverLooksIsTold() throws Exception {
    try (TemporalDevServer temporal =
        SharedServers.startTemporal(
            RealServers.temporalCli(),
            folder,
            "--dynamic-config-value",
            "frontend.WorkflowPauseEnabled=true")) {
      WorkflowClient client = SharedServers.client(temporal);
      String id = SPEC.workflowId();
      WorkflowStub search =
          client.newUntypedWorkflowStub(
              "SearchWorkflow",
              WorkflowOptions.newBuilder()
                  .setTaskQueue(TaskQueues.WORKFLOW)
                  .setWorkflowId(id)
                  .build());
      var unused = search.start(SearchInput.of(SPEC));
      pause(client, id);

      eventually(() -> listed(client).equals(List.of("paused")));
      OpenWorkflows open = OpenWorkflows.of(client);
      assertThat(open.ids()).containsExactly(id);
      assertThat(open.digests()).contains(SPEC.key());
      assertThat(new SearchRun(client, SPEC).isRunning()).isTrue();
      SteeredSearch steered = new SteeredSearch(client, id, Duration.ofSeconds(3));
      assertThatThrownBy(() -> steered.update("resume"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("paused by Temporal")
          .hasMessageContaining("'temporal workflow unpause --workflow-id " + id + "'");
      List<String> notes = new CopyOnWriteArrayList<>();
      CompletableFuture<Object> watching =
          CompletableFuture.supplyAsync(() -> watch(steered, notes));
      eventually(() -> !notes.isEmpty());
      assertThat(notes)
          .containsExactly(
              "%s is paused by Temporal (maintenance): it goes on after 'temporal workflow unpause --workflow-id %s'"
                  .formatted(id, id));

      unpause(client, id);
      eventually(() -> listed(client).equals(List.of("running")));
      assertThat(watching).as("who waits goes on waiting").isNotDone();
      search.terminate("a test");
      assertThatThrownBy(watching::get).hasCauseInstanceOf(WorkflowFailedException.class);
      eventually(() -> OpenWorkflows.of(client).ids().isEmpty());
      assertThat(new SearchRun(client, SPEC).isRunning()).isFalse();
      client.getWorkflowServiceStubs().shutdownNow();
    }
  }

  private static void pause(WorkflowClient client, String id) {
    var unused =
        client
            .getWorkflowServiceStubs()
            .blockingStub()
            .pauseWorkflowExecution(
                PauseWorkflowExecutionRequest.newBuilder()
                    .setNamespace(client.getOptions().getNamespace())
                    .setWorkflowId(id)
                    .setIdentity("a test")
                    .setReason("maintenance")
                    .setRequestId(UUID.randomUUID().toString())
                    .build());
  }

  private static void unpause(WorkflowClient client, String id) {
    var unused =
        client
            .getWorkflowServiceStubs()
            .blockingStub()
            .unpauseWorkflowExecution(
                UnpauseWorkflowExecutionRequest.newBuilder()
                    .setNamespace(client.getOptions().getNamespace())
                    .setWorkflowId(id)
                    .setIdentity("a test")
                    .setRequestId(UUID.randomUUID().toString())
                    .build());
  }

  private static List<String> listed(WorkflowClient client) throws InterruptedException {
    return new SearchList(client).latest(5).stream().map(SearchList.Listed::status).toList();
  }

  private static Object watch(SteeredSearch search, List<String> notes) {
    try {
      return search.watch(progress -> {}, notes::add);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void eventually(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(200);
    }
  }
}
