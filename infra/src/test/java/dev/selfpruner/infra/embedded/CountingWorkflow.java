package dev.selfpruner.infra.embedded;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** A workflow that does {@code steps} activities one after the other; each leaves a line behind. */
@WorkflowInterface
public interface CountingWorkflow {
  @WorkflowMethod
  int count(int steps);

  @QueryMethod
  int counted();

  /** Takes a while and writes a line. */
  @ActivityInterface
  interface Steps {
    int step(int number);
  }

  /** {@inheritDoc} */
  final class Impl implements CountingWorkflow {
    private final Steps steps =
        Workflow.newActivityStub(
            Steps.class,
            ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofSeconds(5)).build());
    private int counted;

    @Override
    public int count(int wanted) {
      while (counted < wanted) {
        counted = steps.step(counted + 1);
      }
      return counted;
    }

    @Override
    public int counted() {
      return counted;
    }
  }

  /** Appends each step's number to a file. */
  final class FileSteps implements Steps {
    private final Path file;

    FileSteps(Path file) {
      this.file = file;
    }

    @Override
    public int step(int number) {
      try {
        Thread.sleep(300);
        Files.writeString(
            file, number + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return number;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
