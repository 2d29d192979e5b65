package dev.selfpruner.workflows;

import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.util.List;
import java.util.Map;

/** A server inside the test, with all workflows, and activities of all queues. */
final class FakeServer {
  private FakeServer() {}

  /** Without search attributes. */
  static TestWorkflowEnvironment start(Object workers) {
    return start(workers, Map.of());
  }

  static TestWorkflowEnvironment start(Object workers, FakeLaunch launch) {
    return start(workers, Map.of(), launch);
  }

  /**
   * A server with search attributes.
   *
   * @param types of the search attributes that it knows, by name
   */
  static TestWorkflowEnvironment start(Object workers, Map<String, IndexedValueType> types) {
    return start(workers, types, new FakeLaunch());
  }

  private static TestWorkflowEnvironment start(
      Object workers, Map<String, IndexedValueType> types, FakeLaunch launch) {
    TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance();
    types.forEach(environment::registerSearchAttribute);
    List<String> attributes = List.copyOf(types.keySet());
    Worker workflows = environment.newWorker(TaskQueues.WORKFLOW);
    workflows.registerWorkflowImplementationTypes(
        CompareWorkflowImpl.class, SearchWorkflowImpl.class, IterationWorkflowImpl.class);
    ServerActivities server = () -> attributes;
    workflows.registerActivitiesImplementations(server);
    environment.newWorker(TaskQueues.GPU).registerActivitiesImplementations(workers);
    environment.newWorker(TaskQueues.LLM).registerActivitiesImplementations(workers, launch);
    environment.start();
    return environment;
  }

  static <W> W workflow(TestWorkflowEnvironment environment, Class<W> type, String id) {
    return environment
        .getWorkflowClient()
        .newWorkflowStub(
            type,
            WorkflowOptions.newBuilder()
                .setTaskQueue(TaskQueues.WORKFLOW)
                .setWorkflowId(id)
                .build());
  }
}
