package dev.selfpruner.infra.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.workflows.CompareEntry;
import dev.selfpruner.workflows.CompareSpec;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits are no part of a workflow's name, and those that are given last count. */
class NewLimitsTest {
  private static final String NOTE = "Going on with the new limits.";

  @TempDir private Path folder;
  private final List<String> notes = new ArrayList<>();
  private TemporalServer server;
  private WorkflowClient client;

  /** Waits in a child of a name of its own. */
  @WorkflowInterface
  public interface Waiting {
    @WorkflowMethod
    String await(int generations);
  }

  /** {@inheritDoc} */
  public static final class WaitingImpl implements Waiting {
    @Override
    public String await(int generations) {
      if (generations == 0) {
        Workflow.sleep(Duration.ofHours(1));
        return "";
      }
      String id = Workflow.getInfo().getWorkflowId() + "-child";
      return Workflow.newChildWorkflowStub(
              Waiting.class, ChildWorkflowOptions.newBuilder().setWorkflowId(id).build())
          .await(generations - 1);
    }
  }

  @BeforeEach
  void open() {
    server =
        new TemporalServers(Home.open(folder.resolve("home")), note -> {})
            .open(new TemporalChoice.InJvm());
    client = WorkflowClient.newInstance(server.stubs());
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aSearchUnderWayGoesOnWithTheLimitsGivenLast() {
    SearchSpec search = limited(1_000);
    new SearchRun(client, search).start(notes::add);
    String first = runId(search.workflowId());
    new SearchRun(client, limited(1_000)).start(notes::add);
    assertThat(runId(search.workflowId())).as("found running").isEqualTo(first);
    assertThat(notes).isEmpty();

    new SearchRun(client, limited(2_000)).start(notes::add);

    assertThat(limited(2_000).workflowId()).isEqualTo(search.workflowId());
    assertThat(runId(search.workflowId())).isNotEqualTo(first);
    assertThat(notes).containsExactly(NOTE);
  }

  @Test
  void soDoesAComparison() {
    String id = compared(1_000).workflowId();
    new CompareRun(client, compared(1_000)).start(notes::add);
    String first = runId(id);
    new CompareRun(client, compared(1_000)).start(notes::add);
    assertThat(runId(id)).isEqualTo(first);

    new CompareRun(client, compared(2_000)).start(notes::add);

    assertThat(runId(id)).isNotEqualTo(first);
    assertThat(notes).containsExactly(NOTE);
  }

  @Test
  void theOldOnesChildrenAreNotInTheNewOnesWay() throws Exception {
    WorkerFactory factory = WorkerFactory.newInstance(client);
    factory.newWorker(TaskQueues.WORKFLOW).registerWorkflowImplementationTypes(WaitingImpl.class);
    factory.start();
    try {
      start("low");
      eventually(() -> isRunning("a-child-child"));
      String first = runId("a-child-child");

      start("high");

      eventually(() -> isRunning("a-child-child") && !runId("a-child-child").equals(first));
      assertThat(isRunning("a")).isTrue();
      assertThat(notes).containsExactly(NOTE);
    } finally {
      factory.shutdownNow();
    }
  }

  private void start(String limits) {
    Waiting starter =
        new WatchedWorkflow<>(client, "a", limits, String.class).starter(Waiting.class, notes::add);
    assertThat(WorkflowClient.start(starter::await, 2).getWorkflowId()).isEqualTo("a");
  }

  private static void eventually(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(50);
    }
  }

  private boolean isRunning(String workflowId) {
    try {
      return describe(workflowId).getStatus()
          == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    } catch (WorkflowNotFoundException e) {
      return false;
    }
  }

  private String runId(String workflowId) {
    return describe(workflowId).getExecution().getRunId();
  }

  private WorkflowExecutionDescription describe(String workflowId) {
    return client.newUntypedWorkflowStub(workflowId).describe();
  }

  private static CompareSpec compared(long tokens) {
    return CompareSpec.of(List.of(new CompareEntry("a", limited(tokens))), List.of(0L, 1L));
  }

  private static SearchSpec limited(long tokens) {
    return Specs.llm(new LlmLimits(tokens, LlmLimits.NO_COST_LIMIT, List.of()));
  }
}
