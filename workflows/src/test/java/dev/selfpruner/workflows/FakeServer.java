package dev.selfpruner.workflows;

import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;

/** A server inside the test, with all workflows, and activities of all queues. */
final class FakeServer {
  private FakeServer() {}

  static TestWorkflowEnvironment start(Object workers) {
    return start(workers, new FakeLaunch());
  }

  static TestWorkflowEnvironment start(Object workers, FakeLaunch launch) {
    TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance();
    environment
        .newWorker(TaskQueues.WORKFLOW)
        .registerWorkflowImplementationTypes(
            CompareWorkflowImpl.class, SearchWorkflowImpl.class, IterationWorkflowImpl.class);
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
