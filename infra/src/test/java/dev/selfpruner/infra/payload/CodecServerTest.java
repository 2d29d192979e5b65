package dev.selfpruner.infra.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CodecServerTest {
  private static final String ORIGIN = "https://temporal.example:8233";
  private static final String TOKEN = "a token of the operators";
  private static final String PLAIN =
      """
      {"payloads":[{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"IngiCg=="}]}""";

  private final HttpClient client = HttpClient.newHttpClient();
  private CodecServer server;

  @BeforeEach
  void start() throws IOException {
    server = start(new CodecServer.Access(ORIGIN, ""));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void decryptsWhatItEncrypts() throws Exception {
    HttpResponse<String> sealed = send(post("/encode", PLAIN));
    assertThat(sealed.statusCode()).isEqualTo(200);
    JsonNode payload = Json.read(sealed.body(), JsonNode.class).path("payloads").path(0);
    assertThat(payload.path("metadata").path("encryption-key-id").asText())
        .isEqualTo(Base64.getEncoder().encodeToString("a".getBytes(UTF_8)));
    HttpResponse<String> opened =
        send(post("/decode", sealed.body()).header("X-Namespace", "default"));
    assertThat(Json.read(opened.body(), JsonNode.class))
        .isEqualTo(Json.read(PLAIN, JsonNode.class));
  }

  @Test
  void answersBrowsersOnPagesOfItsOriginOnly() throws Exception {
    HttpResponse<String> before =
        send(
            request("/decode")
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", ORIGIN)
                .header("Access-Control-Request-Method", "POST"));
    assertThat(before.statusCode()).isEqualTo(204);
    assertThat(before.headers().firstValue("Access-Control-Allow-Origin")).hasValue(ORIGIN);
    assertThat(before.headers().firstValue("Access-Control-Allow-Headers").orElseThrow())
        .contains("X-Namespace", "Content-Type");
    assertThat(send(post("/decode", PLAIN).header("Origin", ORIGIN)).statusCode()).isEqualTo(200);

    HttpResponse<String> other =
        send(post("/decode", PLAIN).header("Origin", "https://evil.example"));
    assertThat(other.statusCode()).isEqualTo(403);
    assertThat(other.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    assertThat(send(post("/decode", "{\"payloads\": 7")).body()).contains("not payloads");
    assertThat(send(request("/decode").GET()).statusCode()).isEqualTo(405);
    assertThat(send(post("/decode/more", PLAIN)).statusCode()).isEqualTo(404);
    try (CodecServer another =
        CodecServer.start(anywhere(), codec("b", 2), new CodecServer.Access(ORIGIN, ""))) {
      String sealed = send(post("/encode", PLAIN)).body();
      HttpResponse<String> refused =
          send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:%d/decode".formatted(another.port())))
                  .POST(BodyPublishers.ofString(sealed)));
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("encrypted with key a, and there are b in a test");
    }
  }

  @Test
  void wantsTheTokenWhereThereIsOne() throws Exception {
    server.close();
    server = start(new CodecServer.Access(ORIGIN, TOKEN));
    assertThat(send(post("/decode", PLAIN)).statusCode()).isEqualTo(401);
    assertThat(send(post("/decode", PLAIN).header("Authorization", "Bearer other")).statusCode())
        .isEqualTo(401);
    assertThat(send(post("/decode", PLAIN).header("Authorization", "Bearer " + TOKEN)).statusCode())
        .isEqualTo(200);
    assertThat(new CodecServer.Access(ORIGIN, TOKEN).toString()).doesNotContain(TOKEN);
  }

  @Test
  void refusesWhatIsNoOrigin() {
    for (String origin : List.of("*", "http://host/", "ftp://host", "http://user@host", "host")) {
      assertThatThrownBy(() -> new CodecServer.Access(origin, ""))
          .hasMessageContaining("an origin is");
    }
  }

  private static CodecServer start(CodecServer.Access access) throws IOException {
    return CodecServer.start(anywhere(), codec("a", 1), access);
  }

  private static InetSocketAddress anywhere() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static PayloadEncryption codec(String name, int each) {
    byte[] key = new byte[32];
    java.util.Arrays.fill(key, (byte) each);
    String line = name + " " + Base64.getEncoder().encodeToString(key);
    return new PayloadEncryption(KeyRing.parse(List.of(line), "a test"));
  }

  private HttpRequest.Builder post(String path, String body) {
    return request(path).POST(BodyPublishers.ofString(body));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)))
        .header("Content-Type", "application/json");
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
