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

  /** Characters of any text; of a stack trace, the part that says something. */
  static final int LONGEST_TEXT = 8_192;

  private final SpanExporter next;
  private final Secrets secrets;
  private final int longest;

  /**
   * @param longest text of an attribute, in characters, at most {@link #LONGEST_TEXT}; the rest is
   *     cut off, once secrets are taken out
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

  /** What is left out on purpose doesn't count as dropped. */
  private EventData clean(EventData event) {
    AttributesBuilder builder = clean(event.getAttributes()).toBuilder();
    SAID_TWICE.forEach(name -> builder.remove(AttributeKey.stringKey(name)));
    Attributes attributes = builder.build();
    int removed = event.getAttributes().size() - attributes.size();
    return EventData.create(
        event.getEpochNanos(),
        clean(event.getName()),
        attributes,
        event.getTotalAttributeCount() - removed);
  }

  private Attributes clean(Attributes attributes) {
    AttributesBuilder clean = attributes.toBuilder();
    attributes.forEach(
        (key, value) -> {
          if (key.getType() == AttributeType.STRING) {
            clean.put(AttributeKey.stringKey(key.getKey()), value((String) value));
          } else if (key.getType() == AttributeType.STRING_ARRAY) {
            List<String> texts =
                ((List<?>) value).stream().map(text -> value((String) text)).toList();
            clean.put(AttributeKey.stringArrayKey(key.getKey()), texts);
          }
        });
    return clean.build();
  }

  private String value(String text) {
    return cut(secrets.redact(text), longest);
  }

  private String clean(String text) {
    return cut(secrets.redact(text), LONGEST_TEXT);
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest);
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
