package dev.selfpruner.workflows;

import io.temporal.workflow.Workflow;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Lets so many batches be under way at a time, and none begin while the search is paused: those
 * that have begun are finished, and wait for nothing.
 */
final class BatchGate {
  private final BooleanSupplier held;
  private int underWay;

  BatchGate(BooleanSupplier held) {
    this.held = held;
  }

  <R> R through(Supplier<R> batch) {
    int most = Policies.batchesAtATime();
    Workflow.await(() -> !held.getAsBoolean() && underWay < most);
    underWay++;
    try {
      return batch.get();
    } finally {
      underWay--;
    }
  }
}
