package dev.selfpruner.llm.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.selfpruner.activities.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * An HTTP server that answers questions in a provider's protocol: it gives the replies that it was
 * told, in order, and then those that a function makes of each prompt. Its model thinks before
 * every answer, and the thought is reported apart; every answer costs {@link #INPUT_TOKENS} and
 * {@link #OUTPUT_TOKENS}, in the parts in which the provider reports them.
 */
public abstract class FakeLlmServer implements AutoCloseable {
  public static final int INPUT_TOKENS = 11;
  public static final int OUTPUT_TOKENS = 22;

  /** Looks like an answer, and must not be taken for one. */
  static final String THOUGHT = "[0.31, 0.29, 0.28, 0.32]";

  /**
   * A request as it came.
   *
   * @param path without the host
   * @param headers by their names, whatever their case
   * @param body missing where there was none
   * @param prompt the text of the question; empty where there was none
   */
  public record Request(String path, Map<String, String> headers, JsonNode body, String prompt) {
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }

    /** The header that carries the key in OpenAI's protocol. */
    public String authorization() {
      return header("Authorization");
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Reply> script = new ConcurrentLinkedQueue<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Reply> pages = new ConcurrentHashMap<>();
  private final List<Request> looks = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Function<String, Reply> afterwards;

  FakeLlmServer(Function<String, Reply> afterwards, Reply... replies) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.afterwards = afterwards;
    script.addAll(List.of(replies));
  }

  final void start() {
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** Up to and including the version. */
  abstract String basePath();

  /** Whether questions are sent to this path. */
  abstract boolean isQuestion(String path);

  abstract String prompt(JsonNode body);

  /**
   * An answer in the provider's form, with its thought and its tokens.
   *
   * @param cutOff whether it ended at the most tokens asked for
   */
  abstract ObjectNode completion(String text, boolean cutOff, Request request);

  /** The field that says how many tokens an answer took. */
  abstract String usage();

  /** A refusal in the provider's form. */
  public abstract Reply refusal(int status, String message);

  /** What a search names as its endpoint. */
  public final String baseUrl() {
    return "http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), basePath());
  }

  /** The questions so far, in order. */
  public final List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Has a page, with a path that follows the version, for those who look. */
  public final void show(String path, Reply page) {
    pages.put(basePath() + path, page);
  }

  /** Those who have looked at pages so far, found or not. */
  public final List<Request> looks() {
    return List.copyOf(looks);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = request(exchange);
      if (isQuestion(request.path())) {
        requests.add(request);
        Reply next = script.poll();
        give(exchange, request, next == null ? afterwards.apply(request.prompt()) : next);
      } else {
        looks.add(request);
        give(
            exchange,
            request,
            pages.getOrDefault(request.path(), refusal(404, "no " + request.path())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Request request(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
    byte[] content = exchange.getRequestBody().readAllBytes();
    JsonNode body =
        content.length == 0 ? MissingNode.getInstance() : Json.mapper().readTree(content);
    return new Request(
        exchange.getRequestURI().toString(),
        Collections.unmodifiableMap(headers),
        body,
        prompt(body));
  }

  private void give(HttpExchange exchange, Request request, Reply reply)
      throws IOException, InterruptedException {
    if (reply instanceof Reply.Completion said) {
      boolean cutOff = said.finishReason().equals("length");
      send(exchange, 200, Map.of(), completion(said.text(), cutOff, request).toString());
    } else if (reply instanceof Reply.Uncounted said) {
      ObjectNode answer = completion(said.text(), false, request);
      answer.remove(usage());
      send(exchange, 200, Map.of(), answer.toString());
    } else if (reply instanceof Reply.Status status) {
      send(exchange, status.code(), status.headers(), status.body());
    } else if (reply instanceof Reply.HalfABody) {
      exchange.sendResponseHeaders(200, 1_000);
      exchange.getResponseBody().write("{\"choices\":".getBytes(UTF_8));
      exchange.getResponseBody().flush();
      closing.await();
    } else {
      closing.await();
    }
  }

  private static void send(
      HttpExchange exchange, int code, Map<String, String> headers, String body)
      throws IOException {
    byte[] content = body.getBytes(UTF_8);
    headers.forEach(exchange.getResponseHeaders()::add);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, content.length);
    exchange.getResponseBody().write(content);
  }

  @Override
  public final void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
