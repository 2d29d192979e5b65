package dev.selfpruner.infra.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.LoadedSecrets;
import dev.selfpruner.infra.secret.Secrets;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedactingSpanExporterTest {
  private static final String SECRET = "a-secret-that-spans-may-repeat";
  private static final AttributeKey<String> TEXT = AttributeKey.stringKey("text");
  private static final AttributeKey<List<String>> TEXTS = AttributeKey.stringArrayKey("texts");

  @Test
  void cutsAttributesAloneAndOnlyOnceSecretsAreOut() {
    SpanData span = sent(10);

    assertThat(span.getAttributes().get(TEXT)).isEqualTo("has ••• an");
    assertThat(span.getAttributes().get(TEXTS)).containsExactly("•••", "a longer o");
    assertThat(span.getName()).isEqualTo("a longer name with •••");
    assertThat(span.getStatus().getDescription()).isEqualTo("refused, and it was •••");
    assertThat(span.getEvents()).extracting(EventData::getName).containsExactly("exception of •••");
    assertThat(sent(0).getName()).isEqualTo("a longer name with •••");
    assertThat(sent(0).getAttributes().get(TEXT)).isEmpty();
  }

  @Test
  void whatIsSaidTwiceIsLeftOutAndNotCountedAsDropped() {
    EventData event = sent(100).getEvents().get(0);

    assertThat(event.getAttributes())
        .isEqualTo(Attributes.of(AttributeKey.stringKey("exception.message"), "no •••"));
    assertThat(event.getDroppedAttributesCount()).isZero();
  }

  private static SpanData sent(int longest) {
    LoadedSecrets.add(SECRET);
    Kept kept = new Kept(new ArrayList<>());
    try (SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(
                SimpleSpanProcessor.create(
                    new RedactingSpanExporter(kept, Secrets.ofThisProcess(), longest)))
            .build()) {
      Span span = provider.get("test").spanBuilder("a longer name with " + SECRET).startSpan();
      span.setAttribute(TEXT, "has %s and more".formatted(SECRET));
      span.setAttribute(TEXTS, List.of(SECRET, "a longer one"));
      span.setStatus(StatusCode.ERROR, "refused, and it was " + SECRET);
      span.addEvent(
          "exception of " + SECRET,
          Attributes.builder()
              .put("exception.message", "no " + SECRET)
              .put("message", "no " + SECRET)
              .put("stack", "at x")
              .build());
      span.end();
    }
    return kept.spans().get(0);
  }

  private record Kept(List<SpanData> spans) implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> more) {
      spans.addAll(more);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
