package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.LaunchActivities;
import dev.selfpruner.activities.search.RunClaim;
import dev.selfpruner.activities.search.RunInputs;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.SearchStart;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts searches as a person does who only knows the workflow's type and its queue. */
class LaunchTest {
  private final FakeBlockWorkers workers = new FakeBlockWorkers();
  private final SearchSpec spec = MeasuredSpecs.full().spec();

  @Test
  void twoFieldsAreEnough() throws Exception {
    FakeLaunch launch = new FakeLaunch(spec);
    try (TestWorkflowEnvironment environment = FakeServer.start(workers, launch)) {
      WorkflowStub search = start(environment, Json.mapper().readTree(SearchInput.EXAMPLE));

      assertThat(search.getResult(SearchResult.class).searchKey()).isEqualTo(spec.key());
      assertThat(launch.completed()).containsExactly("{\"model\":\"/models/x\",\"sparsity\":0.3}");
      MeasuredRun.replay(
          environment.getWorkflowClient().fetchHistory(search.getExecution().getWorkflowId()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"sparcity\": 0.3}", "{\"sparsity\": \"much\"}", "7", "null"})
  void aMistakeEndsTheRunAndFailsNoTask(String input) throws Exception {
    try (TestWorkflowEnvironment environment = FakeServer.start(workers)) {
      WorkflowStub search = start(environment, Json.mapper().readTree(input));

      assertFails(search, LaunchActivities.INVALID_INPUT);
      assertThat(
              environment
                  .getWorkflowClient()
                  .fetchHistory(search.getExecution().getWorkflowId())
                  .getEvents())
          .noneMatch(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED);
      assertThat(workers.calls()).isEmpty();
    }
  }

  @Test
  void noInputEndsTheRun() {
    try (TestWorkflowEnvironment environment = FakeServer.start(workers)) {
      assertFails(start(environment), LaunchActivities.INVALID_INPUT);
    }
  }

  @Test
  void whatAWorkerCannotCompleteEndsTheRun() {
    try (TestWorkflowEnvironment environment = FakeServer.start(workers)) {
      assertFails(start(environment, Map.of("sparsity", 0.3)), LaunchActivities.INVALID_INPUT);
    }
  }

  @Test
  void aSearchWhoseModelChangedIsAnotherRun() {
    FakeLaunch launch = new FakeLaunch();
    int first =
        launch.claim(
            new RunClaim(Json.write(spec), "", new RunInputs("", "an earlier model's", "earlier")));
    assertThat(first).isEqualTo(1);
    try (TestWorkflowEnvironment environment = FakeServer.start(workers, launch)) {
      WorkflowStub search = start(environment, spec);

      assertThat(search.getResult(SearchResult.class).searchKey()).isEqualTo(spec.withRun(2).key());
      assertThat(workers.store().latest(spec.key())).isEmpty();
      assertThat(workers.store().latest(spec.withRun(2).key())).isNotEmpty();
    }
  }

  @Test
  void aRunThatAServerRepeatsIsNoContinuation() throws Exception {
    FakeLaunch launch = new FakeLaunch(spec);
    AtomicInteger calibrations = new AtomicInteger();
    workers.beforeCall(
        line -> {
          if (line.startsWith("1 calibrate ") && calibrations.incrementAndGet() == 1) {
            throw ApplicationFailure.newNonRetryableFailure("no such text", "InvalidInput");
          }
        });
    try (TestWorkflowEnvironment environment = FakeServer.start(workers, launch)) {
      WorkflowStub search =
          environment
              .getWorkflowClient()
              .newUntypedWorkflowStub(
                  "SearchWorkflow",
                  WorkflowOptions.newBuilder()
                      .setTaskQueue(TaskQueues.WORKFLOW)
                      .setRetryOptions(RetryOptions.newBuilder().build())
                      .build());
      var unused = search.start(Json.mapper().readTree(SearchInput.EXAMPLE));

      assertThat(search.getResult(SearchResult.class).searchKey()).isEqualTo(spec.key());
      assertThat(launch.completed()).as("the input is read as it was given").hasSize(2);
      assertThat(workers.requests(SearchStart.class)).hasSize(2);
      WorkflowExecutionHistory second =
          environment.getWorkflowClient().fetchHistory(search.getExecution().getWorkflowId());
      assertThat(
              second
                  .getEvents()
                  .get(0)
                  .getWorkflowExecutionStartedEventAttributes()
                  .getContinuedExecutionRunId())
          .as("what the server calls it")
          .isNotEmpty();
      MeasuredRun.replay(second);
    }
  }

  @Test
  void aRunOfACronBeginsAnewThoughTheOneBeforeItWasAContinuation() {
    SearchSpec twoHistories = MeasuredSpecs.plain(Policies.ITERATIONS_A_HISTORY + 2).spec();
    try (TestWorkflowEnvironment environment = FakeServer.start(workers)) {
      WorkflowStub search =
          environment
              .getWorkflowClient()
              .newUntypedWorkflowStub(
                  "SearchWorkflow",
                  WorkflowOptions.newBuilder()
                      .setTaskQueue(TaskQueues.WORKFLOW)
                      .setCronSchedule("0 0 * * *")
                      .build());
      var unused = search.start(twoHistories);

      environment.sleep(Duration.ofHours(49));

      assertThat(workers.results()).hasSizeBetween(2, 3);
      assertThat(workers.requests(SearchStart.class)).hasSameSizeAs(workers.results());
      assertThat(workers.requests(CalibrationRequest.class)).hasSameSizeAs(workers.results());
    }
  }

  private static void assertFails(WorkflowStub search, String type) {
    assertThatThrownBy(() -> search.getResult(SearchResult.class))
        .isInstanceOf(WorkflowFailedException.class)
        .rootCause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class, failure -> assertThat(failure.getType()).isEqualTo(type));
  }

  private static WorkflowStub start(TestWorkflowEnvironment environment, Object... input) {
    WorkflowStub search =
        environment
            .getWorkflowClient()
            .newUntypedWorkflowStub(
                "SearchWorkflow",
                WorkflowOptions.newBuilder().setTaskQueue(TaskQueues.WORKFLOW).build());
    var unused = search.start(input);
    return search;
  }
}
