package dev.selfpruner.llm.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The JDK's HTTP client for LangChain4j. Its own adapter keeps neither the headers of a refusal (so
 * that Retry-After is lost) nor a deadline once the headers have come (so that a server that stops
 * in the middle of a body holds a worker for ever); this one does, and reads a limited body.
 * HTTP/1.1, because local servers answer an offer to upgrade with 400.
 */
final class DeadlineHttpClient implements HttpClient {
  /** A hundred times what the longest proposal needs. */
  private static final long LONGEST_BODY = 16L << 20;

  private final java.net.http.HttpClient client;
  private final LlmTimeouts timeouts;

  DeadlineHttpClient(LlmTimeouts timeouts) {
    this.timeouts = timeouts;
    this.client =
        java.net.http.HttpClient.newBuilder()
            .version(java.net.http.HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeouts.connect())
            .build();
  }

  /** What LangChain4j builds its models with. */
  HttpClientBuilder builder() {
    return mending(body -> body);
  }

  /**
   * @param mend what LangChain4j is given for the body of a success; may throw
   */
  HttpClientBuilder mending(UnaryOperator<String> mend) {
    return new Builder(this, mend);
  }

  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    HttpResponse<byte[]> response = send(toJdk(request));
    String body = new String(response.body(), UTF_8);
    if (response.statusCode() / 100 != 2) {
      throw new RefusedException(
          response.statusCode(), body, RetryAfter.of(response.headers(), Clock.systemUTC()));
    }
    return SuccessfulHttpResponse.builder()
        .statusCode(response.statusCode())
        .headers(response.headers().map())
        .body(body)
        .build();
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    throw new UnsupportedOperationException("answers are not streamed");
  }

  /**
   * Sends once and waits for the whole answer.
   *
   * @throws TimeoutException if it isn't there by the deadline
   * @throws ConnectionException if the endpoint can't be reached, or goes away
   */
  HttpResponse<byte[]> send(java.net.http.HttpRequest request) {
    Duration deadline = timeouts.answer();
    CompletableFuture<HttpResponse<byte[]>> response =
        client.sendAsync(request, info -> new LimitedBody(LONGEST_BODY));
    try {
      return response.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new TimeoutException("no whole answer within " + deadline, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionException(new IOException("interrupted while waiting for an answer", e));
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    } finally {
      response.cancel(true);
    }
  }

  private static RuntimeException failed(Throwable cause) {
    if (cause instanceof HttpTimeoutException timeout) {
      return new TimeoutException(timeout);
    }
    if (cause instanceof IOException failure) {
      return new ConnectionException(failure);
    }
    return new IllegalStateException(cause);
  }

  private static java.net.http.HttpRequest toJdk(HttpRequest request) {
    java.net.http.HttpRequest.Builder result =
        java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
            .method(
                request.method().name(),
                request.body() == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(request.body()));
    request
        .headers()
        .forEach((name, values) -> values.forEach(value -> result.header(name, value)));
    return result.build();
  }

  /** LangChain4j would set both timeouts to the same value: here they are given and stay. */
  private record Builder(DeadlineHttpClient client, UnaryOperator<String> mend)
      implements HttpClientBuilder {
    @Override
    public Duration connectTimeout() {
      return client.timeouts.connect();
    }

    @Override
    public HttpClientBuilder connectTimeout(Duration ignored) {
      return this;
    }

    @Override
    public Duration readTimeout() {
      return client.timeouts.answer();
    }

    @Override
    public HttpClientBuilder readTimeout(Duration ignored) {
      return this;
    }

    @Override
    public HttpClient build() {
      return new Mending(client, mend);
    }
  }

  private record Mending(HttpClient client, UnaryOperator<String> mend) implements HttpClient {
    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
      SuccessfulHttpResponse response = client.execute(request);
      return SuccessfulHttpResponse.builder()
          .statusCode(response.statusCode())
          .headers(response.headers())
          .body(mend.apply(response.body()))
          .build();
    }

    @Override
    public void execute(
        HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
      client.execute(request, parser, listener);
    }
  }
}
