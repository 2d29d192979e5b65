package dev.selfpruner.infra.tracing;

import dev.selfpruner.infra.worker.LogContext;
import io.opentracing.Tracer;
import io.temporal.opentracing.SpanBuilderProvider;
import io.temporal.opentracing.SpanCreationContext;

/** Temporal's spans, each with the search and the iteration that it is about. */
final class NamedSpans implements SpanBuilderProvider {
  private final SpanBuilderProvider usual;

  NamedSpans(SpanBuilderProvider usual) {
    this.usual = usual;
  }

  @Override
  public Tracer.SpanBuilder createSpanBuilder(Tracer tracer, SpanCreationContext context) {
    Tracer.SpanBuilder span = usual.createSpanBuilder(tracer, context);
    if (context.getWorkflowId() != null) {
      LogContext.of(context.getWorkflowId()).attributes().forEach(span::withTag);
    }
    return span;
  }
}
