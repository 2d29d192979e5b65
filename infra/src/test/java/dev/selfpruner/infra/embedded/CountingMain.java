package dev.selfpruner.infra.embedded;

import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.nio.file.Path;

/**
 * A command in small: brings up a server in a home folder, works, and shows what came out.
 * Arguments: home folder, Temporal CLI, file for the steps, number of steps.
 */
public final class CountingMain {
  private CountingMain() {}

  public static void main(String[] arguments) {
    Home home = Home.open(Path.of(arguments[0]));
    TemporalChoice choice = new TemporalChoice.Executable(Path.of(arguments[1]));
    HomeLock lock = HomeLock.acquire(home);
    try (lock;
        TemporalServer server = new TemporalServers(home, System.err::println).open(choice)) {
      System.out.println(
          "result " + count(server, Path.of(arguments[2]), Integer.parseInt(arguments[3])));
    }
    System.exit(0);
  }

  static int count(TemporalServer server, Path file, int steps) {
    WorkflowClient client = WorkflowClient.newInstance(server.stubs());
    WorkerFactory factory = WorkerFactory.newInstance(client);
    Worker worker = factory.newWorker("counting");
    worker.registerWorkflowImplementationTypes(CountingWorkflow.Impl.class);
    worker.registerActivitiesImplementations(new CountingWorkflow.FileSteps(file));
    factory.start();
    try {
      return client
          .newWorkflowStub(
              CountingWorkflow.class,
              WorkflowOptions.newBuilder()
                  .setTaskQueue("counting")
                  .setWorkflowId("counting")
                  .setWorkflowIdConflictPolicy(
                      WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                  .build())
          .count(steps);
    } finally {
      factory.shutdownNow();
    }
  }
}
