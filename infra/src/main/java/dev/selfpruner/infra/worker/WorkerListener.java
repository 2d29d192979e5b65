package dev.selfpruner.infra.worker;

import dev.selfpruner.gpu.activity.EvaluationListener;
import dev.selfpruner.gpu.engine.DeviceMemory;
import dev.selfpruner.llm.CallListener;
import java.util.List;
import java.util.function.Consumer;

/**
 * Whoever watches the workers of a process.
 *
 * @param evaluations hears of each evaluation
 * @param calls hears of each question to an LLM
 * @param devices is told once, by a GPU worker, what it computes with
 */
public record WorkerListener(
    EvaluationListener evaluations, CallListener calls, Consumer<List<DeviceMemory>> devices) {
  /** Hears nothing. */
  public static final WorkerListener SILENT =
      new WorkerListener(EvaluationListener.SILENT, CallListener.SILENT, devices -> {});

  void computesWith(List<DeviceMemory> memory) {
    devices.accept(memory);
  }
}
