package dev.selfpruner.workflows;

import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What a workflow ends that it has begun, though it is cancelled meanwhile. */
final class Uncancelled {
  private Uncancelled() {}

  static <T> T run(Supplier<T> work) {
    List<T> result = new ArrayList<>();
    Workflow.newDetachedCancellationScope(() -> result.add(work.get())).run();
    return result.get(0);
  }
}
