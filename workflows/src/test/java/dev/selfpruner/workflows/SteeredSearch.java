package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.InjectedCandidate;
import dev.selfpruner.activities.search.SearchResult;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.sdk.v1.WorkflowMetadata;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestWorkflowEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A search under way on a server of its own, which people steer. */
final class SteeredSearch implements AutoCloseable {
  private final TestWorkflowEnvironment environment;
  private final SearchSpec spec;
  private final SearchWorkflow workflow;

  private SteeredSearch(TestWorkflowEnvironment environment, SearchSpec spec) {
    this.environment = environment;
    this.spec = spec;
    this.workflow = FakeServer.workflow(environment, SearchWorkflow.class, spec.workflowId());
  }

  /** Prepared, not begun, on a server without search attributes. */
  static SteeredSearch of(SearchSpec spec, Object workers) {
    return of(spec, FakeServer.start(workers));
  }

  static SteeredSearch of(SearchSpec spec, TestWorkflowEnvironment environment) {
    return new SteeredSearch(environment, spec);
  }

  SteeredSearch begin() {
    var unused = WorkflowClient.start(workflow::search, SearchInput.of(spec));
    return this;
  }

  SearchWorkflow workflow() {
    return workflow;
  }

  SearchProgress pause(String reason, String by) {
    return update("pause", reason, by);
  }

  SearchProgress resume() {
    return update("resume");
  }

  SearchProgress stop(String reason, String by) {
    return update("stop", reason, by);
  }

  SearchProgress extend(Extension more) {
    return update("extend", more);
  }

  SearchProgress inject(InjectedCandidate candidate) {
    return update("inject", candidate);
  }

  /** As a client does that knows names and JSON. */
  SearchProgress update(String name, Object... arguments) {
    return untyped().update(name, SearchProgress.class, arguments);
  }

  WorkflowStub untyped() {
    return environment.getWorkflowClient().newUntypedWorkflowStub(spec.workflowId());
  }

  TestWorkflowEnvironment environment() {
    return environment;
  }

  SearchResult result() {
    return untyped().getResult(SearchResult.class);
  }

  String runId() {
    return untyped().describe().getExecution().getRunId();
  }

  /** Of the search's run that is the last. */
  WorkflowExecutionHistory history() {
    return environment.getWorkflowClient().fetchHistory(spec.workflowId());
  }

  WorkflowExecutionHistory iteration(int number) {
    return environment
        .getWorkflowClient()
        .fetchHistory("%s-iteration-%02d".formatted(spec.workflowId(), number));
  }

  /** Every run's, the last one first. */
  List<WorkflowExecutionHistory> histories() {
    List<WorkflowExecutionHistory> all = new ArrayList<>();
    String run = runId();
    while (!run.isEmpty()) {
      WorkflowExecutionHistory history =
          environment.getWorkflowClient().fetchHistory(spec.workflowId(), run);
      all.add(history);
      run =
          history
              .getEvents()
              .get(0)
              .getWorkflowExecutionStartedEventAttributes()
              .getContinuedExecutionRunId();
    }
    return all;
  }

  long events(EventType type) {
    return history().getEvents().stream()
        .map(HistoryEvent::getEventType)
        .filter(type::equals)
        .count();
  }

  /** What the server lists it by. */
  Map<String, Object> attributes() {
    Map<String, Object> values = new TreeMap<>();
    untyped()
        .describe()
        .getTypedSearchAttributes()
        .getUntypedValues()
        .forEach((key, value) -> values.put(key.getName(), value));
    return values;
  }

  /** What the web interface shows of it, without the gaps between columns. */
  String details() {
    return untyped()
        .query("__temporal_workflow_metadata", WorkflowMetadata.class)
        .getCurrentDetails()
        .replace(SearchDetails.GAP, "");
  }

  @Override
  public void close() {
    environment.close();
  }
}
