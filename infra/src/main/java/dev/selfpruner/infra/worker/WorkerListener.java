package dev.selfpruner.infra.worker;

import dev.selfpruner.gpu.activity.EvaluationListener;
import dev.selfpruner.gpu.engine.DeviceMemory;
import dev.selfpruner.llm.CallListener;
import io.temporal.common.interceptors.WorkerInterceptor;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Whoever watches the workers of a process.
 *
 * @param evaluations hears of each evaluation
 * @param calls hears of each question to an LLM
 * @param devices is told once, by a GPU worker, what it computes with
 * @param interceptors of workflows and activities, the innermost first
 */
public record WorkerListener(
    EvaluationListener evaluations,
    CallListener calls,
    Consumer<List<DeviceMemory>> devices,
    List<WorkerInterceptor> interceptors) {
  /** Hears nothing. */
  public static final WorkerListener SILENT =
      new WorkerListener(EvaluationListener.SILENT, CallListener.SILENT, devices -> {}, List.of());

  public WorkerListener {
    interceptors = List.copyOf(interceptors);
  }

  /** This one and another, which hears of everything after it. */
  public WorkerListener and(WorkerListener other) {
    return new WorkerListener(
        new BothEvaluations(evaluations, other.evaluations),
        new BothCalls(calls, other.calls),
        devices.andThen(other.devices),
        Stream.concat(interceptors.stream(), other.interceptors.stream()).toList());
  }

  void computesWith(List<DeviceMemory> memory) {
    devices.accept(memory);
  }

  private record BothEvaluations(EvaluationListener first, EvaluationListener second)
      implements EvaluationListener {
    @Override
    public void ended(Outcome outcome, long tokens) {
      first.ended(outcome, tokens);
      second.ended(outcome, tokens);
    }

    @Override
    public void ended(Step step, Duration took) {
      first.ended(step, took);
      second.ended(step, took);
    }
  }

  private record BothCalls(CallListener first, CallListener second) implements CallListener {
    @Override
    public void answered(Call call, long inputTokens, long outputTokens, double cost) {
      first.answered(call, inputTokens, outputTokens, cost);
      second.answered(call, inputTokens, outputTokens, cost);
    }

    @Override
    public void failed(Call call, String type) {
      first.failed(call, type);
      second.failed(call, type);
    }
  }
}
