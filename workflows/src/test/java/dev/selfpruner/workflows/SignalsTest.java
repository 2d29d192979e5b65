package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.temporal.client.WorkflowOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.junit.jupiter.api.Test;

class SignalsTest {
  private static final String QUEUE = "signals";

  /** Ends at once. */
  @WorkflowInterface
  public interface Brief {
    @WorkflowMethod(name = "brief")
    void end();

    @SignalMethod(name = "word")
    void word();
  }

  /** {@inheritDoc} */
  public static final class BriefImpl implements Brief {
    @Override
    public void end() {}

    @Override
    public void word() {}
  }

  /** Signals a child that has ended. */
  @WorkflowInterface
  public interface Late {
    @WorkflowMethod(name = "late")
    String tell();
  }

  /** {@inheritDoc} */
  public static final class LateImpl implements Late {
    @Override
    public String tell() {
      Brief child = Workflow.newChildWorkflowStub(Brief.class);
      child.end();
      Signals.unlessEnded(child::word);
      try {
        child.word();
      } catch (ApplicationFailure e) {
        return e.getType();
      }
      return "nothing thrown";
    }
  }

  @Test
  void aReceiverThatHasEndedIsNoFailure() {
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      environment
          .newWorker(QUEUE)
          .registerWorkflowImplementationTypes(LateImpl.class, BriefImpl.class);
      environment.start();

      Late late =
          environment
              .getWorkflowClient()
              .newWorkflowStub(
                  Late.class, WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());

      assertThat(late.tell()).as("what the SDK throws otherwise").endsWith("_NOT_FOUND");
    }
  }

  @Test
  void otherFailuresAreThrown() {
    ApplicationFailure other = ApplicationFailure.newFailure("namespace", "OTHER");

    assertThatThrownBy(
            () ->
                Signals.unlessEnded(
                    () -> {
                      throw other;
                    }))
        .isSameAs(other);
  }
}
