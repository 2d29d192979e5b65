package dev.selfpruner.infra.tracing;

import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.gpu.activity.EvaluationListener;
import dev.selfpruner.llm.CallListener;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * What an activity's time goes into, as spans under the activity's, made when a step has ended.
 * Questions are named as OpenTelemetry's conventions for generative AI have it; neither they nor
 * their answers are told.
 */
final class TracedSteps implements EvaluationListener, CallListener {
  private final Tracer tracer;

  TracedSteps(Tracer tracer) {
    this.tracer = tracer;
  }

  /** Counted, not traced: many come at once, from the threads that measure. */
  @Override
  public void ended(Outcome outcome, long tokens) {}

  @Override
  public void ended(Step step, Duration took) {
    begun(step.name().toLowerCase(Locale.ROOT).replace('_', ' '), SpanKind.INTERNAL, took).end();
  }

  @Override
  public void answered(Call call, long inputTokens, long outputTokens, double cost) {
    Span span = asked(call);
    span.setAttribute("gen_ai.usage.input_tokens", inputTokens);
    span.setAttribute("gen_ai.usage.output_tokens", outputTokens);
    span.setAttribute("selfpruner.llm.cost_dollars", cost);
    span.end();
  }

  @Override
  public void failed(Call call, String type) {
    Span span = asked(call);
    span.setAttribute("error.type", type);
    span.setStatus(StatusCode.ERROR);
    span.end();
  }

  private Span asked(Call call) {
    Span span = begun("chat " + call.model(), SpanKind.CLIENT, call.took());
    span.setAttribute("gen_ai.operation.name", "chat");
    span.setAttribute("gen_ai.provider.name", name(call.provider()));
    span.setAttribute("gen_ai.request.model", call.model());
    return span;
  }

  private static String name(Provider provider) {
    return switch (provider) {
      case OPENAI -> "openai";
      case ANTHROPIC -> "anthropic";
      case GEMINI -> "gcp.gemini";
      case BEDROCK -> "aws.bedrock";
    };
  }

  private Span begun(String name, SpanKind kind, Duration ago) {
    return tracer
        .spanBuilder(name)
        .setSpanKind(kind)
        .setStartTimestamp(Instant.now().minus(ago))
        .startSpan();
  }
}
