package dev.selfpruner.infra.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Answers {@code GET} of three paths: {@code /metrics} in Prometheus's text, {@code /healthz} while
 * the process lives, {@code /readyz} while its workers take work (503 before and after).
 */
final class MetricsServer implements AutoCloseable {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  /** A probe must not wait for a scrape. */
  private static final int THREADS = 2;

  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final AtomicBoolean ready = new AtomicBoolean();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          task -> {
            Thread thread = new Thread(task, "metrics");
            thread.setDaemon(true);
            return thread;
          });

  private MetricsServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Begins to answer.
   *
   * @throws IOException if it can't listen there
   */
  static MetricsServer start(InetSocketAddress address, Supplier<String> metrics)
      throws IOException {
    MetricsServer metricsServer = new MetricsServer(HttpServer.create(address, 0));
    metricsServer.answer("/metrics", () -> new Answer(200, metrics.get()));
    metricsServer.answer("/healthz", () -> new Answer(200, "ok\n"));
    metricsServer.answer(
        "/readyz",
        () ->
            metricsServer.ready.get()
                ? new Answer(200, "ok\n")
                : new Answer(503, "no worker takes work\n"));
    metricsServer.server.setExecutor(metricsServer.threads);
    metricsServer.server.start();
    return metricsServer;
  }

  private void answer(String path, Supplier<Answer> answer) {
    var unused = server.createContext(path, exchange -> send(exchange, path, answer));
  }

  private static void send(HttpExchange exchange, String path, Supplier<Answer> answer)
      throws IOException {
    try (exchange) {
      Answer given =
          !exchange.getRequestURI().getPath().equals(path)
              ? new Answer(404, "there are /metrics, /healthz and /readyz\n")
              : exchange.getRequestMethod().equals("GET")
                  ? answer.get()
                  : new Answer(405, "only GET\n");
      byte[] body = given.body().getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", TEXT);
      exchange.sendResponseHeaders(given.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  void ready(boolean isReady) {
    ready.set(isReady);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
