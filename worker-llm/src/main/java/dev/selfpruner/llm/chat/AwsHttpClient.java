package dev.selfpruner.llm.chat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Set;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/** The AWS SDK's requests through the same client as everyone's: one deadline, a limited body. */
record AwsHttpClient(DeadlineHttpClient client) implements SdkHttpClient {
  /** What the JDK's client sets by itself, to the values that the SDK has signed. */
  private static final Set<String> SET_BY_JDK =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new Call(client, request);
  }

  @Override
  public void close() {
    // nothing of its own
  }

  private record Call(DeadlineHttpClient client, HttpExecuteRequest request)
      implements ExecutableHttpRequest {
    @Override
    public HttpExecuteResponse call() throws IOException {
      HttpResponse<byte[]> response = client.send(toJdk());
      return HttpExecuteResponse.builder()
          .response(
              SdkHttpResponse.builder()
                  .statusCode(response.statusCode())
                  .headers(response.headers().map())
                  .build())
          .responseBody(AbortableInputStream.create(new ByteArrayInputStream(response.body())))
          .build();
    }

    @Override
    public void abort() {
      // the deadline ends every call
    }

    private HttpRequest toJdk() throws IOException {
      SdkHttpRequest http = request.httpRequest();
      HttpRequest.Builder result =
          HttpRequest.newBuilder(http.getUri())
              .method(http.method().name(), BodyPublishers.ofByteArray(body()));
      http.forEachHeader(
          (name, values) -> {
            if (!SET_BY_JDK.contains(name.toLowerCase(Locale.ROOT))) {
              values.forEach(value -> result.header(name, value));
            }
          });
      return result.build();
    }

    private byte[] body() throws IOException {
      if (request.contentStreamProvider().isEmpty()) {
        return new byte[0];
      }
      try (InputStream content = request.contentStreamProvider().get().newStream()) {
        return content.readAllBytes();
      }
    }
  }
}
