package dev.selfpruner.infra.metrics;

import dev.selfpruner.gpu.activity.EvaluationListener;
import dev.selfpruner.gpu.engine.DeviceMemory;
import dev.selfpruner.infra.worker.WorkerListener;
import dev.selfpruner.llm.CallListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;

/** What our workers count; infra/docs/metrics.md has the table. */
final class WorkerMeters {
  static final String EVALUATIONS = "selfpruner_evaluations";
  static final String CACHE_HITS = "selfpruner_evaluation_cache_hits";
  static final String TOKENS = "selfpruner_evaluation_tokens";
  static final String MEMORY_IN_USE = "selfpruner_device_memory_used_bytes";
  static final String MEMORY_BUDGET = "selfpruner_device_memory_budget_bytes";
  static final String CALLS = "selfpruner_llm_calls";
  static final String LLM_TOKENS = "selfpruner_llm_tokens";
  static final String COST = "selfpruner_llm_cost_dollars";

  private static final String MODEL = "model";
  private static final String DIRECTION = "direction";
  private static final String OUTCOME = "outcome";
  private static final String DEVICE = "device";

  private final MeterRegistry registry;

  WorkerMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  WorkerListener listener() {
    return new WorkerListener(this::evaluated, new Calls(), this::computesWith, List.of());
  }

  /** From 0 on, so that a rate is there with the first evaluation. */
  private void computesWith(List<DeviceMemory> devices) {
    for (EvaluationListener.Outcome outcome : EvaluationListener.Outcome.values()) {
      count(outcome, 0, 0);
    }
    for (DeviceMemory memory : devices) {
      Gauge.builder(MEMORY_IN_USE, memory, DeviceMemory::inUse)
          .description("Bytes in use: on a GPU by any process, on a CPU by this one")
          .tag(DEVICE, memory.name())
          .strongReference(true)
          .register(registry);
      Gauge.builder(MEMORY_BUDGET, memory, DeviceMemory::budget)
          .description("Bytes that this worker's model and hidden states may take")
          .tag(DEVICE, memory.name())
          .strongReference(true)
          .register(registry);
    }
  }

  private void evaluated(EvaluationListener.Outcome outcome, long tokens) {
    count(outcome, 1, tokens);
  }

  private void count(EvaluationListener.Outcome outcome, int evaluations, long tokens) {
    switch (outcome) {
      case DONE, FAILED -> {
        Counter.builder(EVALUATIONS)
            .description("Candidates measured; failed: their loss is not a number")
            .tag(OUTCOME, outcome.name().toLowerCase(Locale.ROOT))
            .register(registry)
            .increment(evaluations);
        counter(TOKENS, "Tokens that went through the model for them").increment((double) tokens);
      }
      case KNOWN ->
          counter(CACHE_HITS, "Candidates whose evaluation was found in the store")
              .increment(evaluations);
    }
  }

  private Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  /** Of an LLM worker. */
  private final class Calls implements CallListener {
    @Override
    public void answered(Call call, long inputTokens, long outputTokens, double cost) {
      String model = call.model();
      count(model, "answered");
      String tokens = "Tokens of prompts (in) and answers (out)";
      counter(LLM_TOKENS, tokens, MODEL, model, DIRECTION, "in").increment((double) inputTokens);
      counter(LLM_TOKENS, tokens, MODEL, model, DIRECTION, "out").increment((double) outputTokens);
      counter(COST, "US dollars, where the price is known", MODEL, model).increment(cost);
    }

    @Override
    public void failed(Call call, String type) {
      count(call.model(), type);
    }

    private void count(String model, String outcome) {
      counter(CALLS, "Questions, by 'answered' or the failure", MODEL, model, OUTCOME, outcome)
          .increment();
    }
  }
}
