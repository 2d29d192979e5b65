package dev.selfpruner.llm.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.selfpruner.activities.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * An HTTP server that speaks OpenAI's chat completion protocol: it gives the replies that it was
 * told, in order, and then those that a function makes of each prompt.
 */
public final class FakeOpenAiServer implements AutoCloseable {

  /**
   * A request as it came.
   *
   * @param authorization the header that carries the key
   * @param body the chat completion request
   */
  public record Request(String authorization, JsonNode body) {
    public String prompt() {
      return body.path("messages").path(0).path("content").asText();
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Reply> script = new ConcurrentLinkedQueue<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Function<String, Reply> afterwards;

  private FakeOpenAiServer(HttpServer server, Function<String, Reply> afterwards) {
    this.server = server;
    this.afterwards = afterwards;
  }

  /** A server that gives these replies and has no more to say then. */
  public static FakeOpenAiServer replying(Reply... replies) {
    return start(prompt -> Reply.error(500, "the script has ended"), replies);
  }

  /** A server that gives these replies first, and well-behaved ones ever after. */
  public static FakeOpenAiServer wellBehavedAfter(Reply... replies) {
    return start(prompt -> Reply.text(WellBehaved.answer(prompt)), replies);
  }

  private static FakeOpenAiServer start(Function<String, Reply> afterwards, Reply... replies) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      FakeOpenAiServer fake = new FakeOpenAiServer(server, afterwards);
      fake.script.addAll(List.of(replies));
      server.createContext("/v1/chat/completions", fake::answer);
      server.setExecutor(fake.threads);
      server.start();
      return fake;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a search names as its endpoint. */
  public String baseUrl() {
    return "http://127.0.0.1:%d/v1".formatted(server.getAddress().getPort());
  }

  /** The requests so far, in order. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode body = Json.mapper().readTree(exchange.getRequestBody());
      Request request =
          new Request(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")), body);
      requests.add(request);
      Reply next = script.poll();
      Reply reply = next == null ? afterwards.apply(request.prompt()) : next;
      if (reply instanceof Reply.Completion completion) {
        send(exchange, 200, Map.of(), completion(completion, body));
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
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String completion(Reply.Completion completion, JsonNode request) {
    ObjectNode answer = Json.mapper().createObjectNode();
    answer.put("id", "chatcmpl-1").put("object", "chat.completion").put("created", 1);
    answer.put("model", request.path("model").asText() + "-2026");
    ObjectNode choice = answer.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", completion.finishReason());
    choice.putObject("message").put("role", "assistant").put("content", completion.text());
    answer
        .putObject("usage")
        .put("prompt_tokens", 11)
        .put("completion_tokens", 22)
        .put("total_tokens", 33);
    return answer.toString();
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
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
