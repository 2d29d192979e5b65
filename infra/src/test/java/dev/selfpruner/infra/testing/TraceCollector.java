package dev.selfpruner.infra.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Takes spans by OTLP over HTTP, as a collector does. */
public final class TraceCollector implements AutoCloseable {
  /** The header by which it knows its own, percent-encoded as OpenTelemetry's variable has it. */
  public static final String HEADERS = "authorization=Basic%20marker-of-the-collectors-key";

  private static final String AUTHORIZATION = "Basic marker-of-the-collectors-key";

  /**
   * A span that was received.
   *
   * @param parent none, or one
   * @param events attributes of each
   * @param resource attributes of whoever sent it
   */
  public record Received(
      String trace,
      String id,
      Optional<String> parent,
      String name,
      boolean failed,
      Map<String, String> attributes,
      List<Map<String, String>> events,
      Map<String, String> resource) {}

  private final boolean open;
  private final HttpServer server;
  private final List<byte[]> bodies = new CopyOnWriteArrayList<>();

  private TraceCollector(HttpServer server, boolean open) {
    this.server = server;
    this.open = open;
  }

  /** One that refuses whoever has not its key. */
  public static TraceCollector start() throws IOException {
    return start(false);
  }

  public static TraceCollector openToAll() throws IOException {
    return start(true);
  }

  private static TraceCollector start(boolean open) throws IOException {
    TraceCollector collector =
        new TraceCollector(
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), open);
    var unused = collector.server.createContext("/v1/traces", collector::receive);
    collector.server.start();
    return collector;
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      boolean known =
          (open || AUTHORIZATION.equals(exchange.getRequestHeaders().getFirst("Authorization")))
              && "application/x-protobuf"
                  .equals(exchange.getRequestHeaders().getFirst("Content-Type"));
      if (known) {
        bodies.add(body);
      }
      exchange.sendResponseHeaders(known ? 200 : 401, -1);
    }
  }

  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** All bytes that were received, a character each. */
  public String bytes() {
    StringBuilder bytes = new StringBuilder();
    bodies.forEach(body -> bytes.append(new String(body, ISO_8859_1)));
    return bytes.toString();
  }

  public List<Received> spans() throws IOException {
    Stream.Builder<Received> spans = Stream.builder();
    for (byte[] body : bodies) {
      for (ResourceSpans resource :
          ExportTraceServiceRequest.parseFrom(body).getResourceSpansList()) {
        Map<String, String> sender = attributes(resource.getResource().getAttributesList());
        for (ScopeSpans scope : resource.getScopeSpansList()) {
          scope.getSpansList().forEach(span -> spans.add(received(span, sender)));
        }
      }
    }
    return spans.build().toList();
  }

  private static Received received(Span span, Map<String, String> sender) {
    HexFormat hex = HexFormat.of();
    String parent = hex.formatHex(span.getParentSpanId().toByteArray());
    return new Received(
        hex.formatHex(span.getTraceId().toByteArray()),
        hex.formatHex(span.getSpanId().toByteArray()),
        parent.isEmpty() ? Optional.empty() : Optional.of(parent),
        span.getName(),
        span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR,
        attributes(span.getAttributesList()),
        span.getEventsList().stream().map(event -> attributes(event.getAttributesList())).toList(),
        sender);
  }

  private static Map<String, String> attributes(List<KeyValue> values) {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (KeyValue value : values) {
      attributes.put(
          value.getKey(),
          value.getValue().hasStringValue()
              ? value.getValue().getStringValue()
              : value.getValue().hasIntValue()
                  ? Long.toString(value.getValue().getIntValue())
                  : value.getValue().toString().strip());
    }
    return attributes;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
