package dev.selfpruner.infra.tracing;

import dev.selfpruner.infra.secret.Secrets;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributeType;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Hands spans on without the secrets of this process, which messages and stack traces of failures
 * may repeat, and without what is said twice.
 */
final class RedactingSpanExporter implements SpanExporter {
  /** OpenTracing's words for what OpenTelemetry's {@code exception.} attributes say. */
  private static final Set<String> SAID_TWICE = Set.of("event", "error.kind", "message", "stack");

  private final SpanExporter next;
  private final Secrets secrets;
  private final int longest;

  /**
   * @param longest text, in characters; the rest is cut off, once secrets are taken out
   */
  RedactingSpanExporter(SpanExporter next, Secrets secrets, int longest) {
    this.next = next;
    this.secrets = secrets;
    this.longest = longest;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    return next.export(spans.stream().map(this::clean).toList());
  }

  private SpanData clean(SpanData span) {
    return new CleanSpan(
        span,
        clean(span.getName()),
        clean(span.getAttributes()),
        span.getEvents().stream().map(this::clean).toList(),
        StatusData.create(
            span.getStatus().getStatusCode(), clean(span.getStatus().getDescription())));
  }

  private EventData clean(EventData event) {
    AttributesBuilder attributes = clean(event.getAttributes()).toBuilder();
    SAID_TWICE.forEach(name -> attributes.remove(AttributeKey.stringKey(name)));
    return EventData.create(
        event.getEpochNanos(),
        clean(event.getName()),
        attributes.build(),
        event.getTotalAttributeCount());
  }

  private Attributes clean(Attributes attributes) {
    AttributesBuilder clean = attributes.toBuilder();
    attributes.forEach(
        (key, value) -> {
          if (key.getType() == AttributeType.STRING) {
            clean.put(AttributeKey.stringKey(key.getKey()), clean((String) value));
          } else if (key.getType() == AttributeType.STRING_ARRAY) {
            List<String> texts =
                ((List<?>) value).stream().map(text -> clean((String) text)).toList();
            clean.put(AttributeKey.stringArrayKey(key.getKey()), texts);
          }
        });
    return clean.build();
  }

  private String clean(String text) {
    String clean = secrets.redact(text);
    return clean.length() <= longest ? clean : clean.substring(0, longest);
  }

  @Override
  public CompletableResultCode flush() {
    return next.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return next.shutdown();
  }
}
