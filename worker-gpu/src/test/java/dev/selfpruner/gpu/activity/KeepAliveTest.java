package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.KeepAlive;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeepAliveTest {
  private static final String QUEUE = "queue";

  /** Those that go out late are few, so that none is missing when the work fails. */
  private static final WorkerOptions HEARTBEATS =
      WorkerOptions.newBuilder().setMaxHeartbeatThrottleInterval(Duration.ofMillis(100)).build();

  /** Work in two attempts. */
  @ActivityInterface
  public interface Work {
    List<String> run() throws InterruptedException;
  }

  /** Runs the work. */
  @WorkflowInterface
  public interface Job {
    @WorkflowMethod
    List<String> run();
  }

  /** {@inheritDoc} */
  public static final class JobImpl implements Job {
    private final Work work =
        Workflow.newActivityStub(
            Work.class,
            ActivityOptions.newBuilder()
                .setStartToCloseTimeout(Duration.ofMinutes(1))
                .setHeartbeatTimeout(
                    Duration.ofSeconds(30)) // far longer than between two heartbeats
                .build());

    @Override
    public List<String> run() {
      try {
        return work.run();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Fails once, and then says what it hears of the attempt before. */
  private static final class WorkImpl implements Work {
    @Override
    public List<String> run() throws InterruptedException {
      ActivityExecutionContext context = Activity.getExecutionContext();
      if (context.getInfo().getAttempt() > 1) {
        KeepAlive.Details before =
            context.getHeartbeatDetails(KeepAlive.Details.class).orElseThrow();
        return List.of(before.progress(), String.join(" and ", before.finished()));
      }
      try (KeepAlive alive = KeepAlive.start(context)) {
        alive.progress("2 of 3 candidates");
        alive.finished("dense: 12.5");
        alive.finished("uniform: 20.25");
        Thread.sleep(1_200);
        throw new IllegalStateException("the worker is told to stop");
      }
    }
  }

  @Test
  void theNextAttemptHearsWhatIsFinished() {
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      Worker worker = environment.newWorker(QUEUE, HEARTBEATS);
      worker.registerWorkflowImplementationTypes(JobImpl.class);
      worker.registerActivitiesImplementations(new WorkImpl());
      environment.start();
      Job job =
          environment
              .getWorkflowClient()
              .newWorkflowStub(Job.class, WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());

      assertThat(job.run()).containsExactly("2 of 3 candidates", "dense: 12.5 and uniform: 20.25");
    }
  }
}
