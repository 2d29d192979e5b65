package dev.selfpruner.activities.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.selfpruner.activities.Digests;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the store makes of answers that a healthy server seldom gives. */
final class S3ArtifactStoreTest {
  private static final IndexKey KEY = new IndexKey("evaluation", "plan");
  private static final byte[] CONTENT = "content".getBytes(UTF_8);
  private static final ArtifactRef REF =
      new ArtifactRef(
          "s3://bucket/" + StoreLayout.blob(Digests.sha256(CONTENT)),
          Digests.sha256(CONTENT),
          CONTENT.length);
  private static final String OTHER_DIGEST = Digests.sha256("other");
  private static final Answer BUCKET_IS_THERE = new Answer("HEAD", 200, "");
  private static final Answer BLOB_IS_THERE = new Answer("HEAD", 200, "");

  private final Queue<Answer> script = new ArrayDeque<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;

  @BeforeEach
  void startServer() throws IOException {
    System.setProperty("aws.accessKeyId", "access");
    System.setProperty("aws.secretAccessKey", "do-not-print");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String condition = exchange.getRequestHeaders().getFirst("If-None-Match");
          String method = exchange.getRequestMethod();
          requests.add(condition == null ? method : method + " if none matches " + condition);
          exchange.getRequestBody().readAllBytes();
          Answer answer = script.poll();
          if (answer == null || !answer.method.equals(method)) {
            answer = new Answer(method, 501, error("NotImplemented"));
          }
          byte[] body = answer.body.getBytes(UTF_8);
          if (answer.equals(BLOB_IS_THERE)) {
            exchange.getResponseHeaders().set("Content-Length", "" + CONTENT.length);
          }
          exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  @Test
  void triesAgainWhenAConflictIsStillUndecided() throws IOException {
    try (ArtifactStore store = open()) {
      script.add(BLOB_IS_THERE);
      script.add(new Answer("PUT", 409, error("ConditionalRequestConflict")));
      script.add(new Answer("GET", 404, error("NoSuchKey")));
      script.add(new Answer("PUT", 200, ""));
      assertThat(store.index(KEY, REF)).isEqualTo(REF);
      assertThat(requests)
          .containsExactly("HEAD", "HEAD", "PUT if none matches *", "GET", "PUT if none matches *");
    }
  }

  @Test
  void returnsTheWinnersEntryWhenItLost() throws IOException {
    try (ArtifactStore store = open()) {
      script.add(BLOB_IS_THERE);
      script.add(new Answer("PUT", 412, error("PreconditionFailed")));
      script.add(
          new Answer(
              "GET",
              200,
              new String(new IndexEntry(KEY.kind(), KEY.key(), OTHER_DIGEST, 5).json(), UTF_8)));
      assertThat(store.index(KEY, REF))
          .isEqualTo(
              new ArtifactRef("s3://bucket/" + StoreLayout.blob(OTHER_DIGEST), OTHER_DIGEST, 5));
    }
  }

  @Test
  void repeatsARequestThatTheServerWasTooBusyFor() throws IOException {
    try (ArtifactStore store = open()) {
      script.add(new Answer("GET", 503, error("SlowDown")));
      script.add(new Answer("GET", 500, error("InternalError")));
      script.add(new Answer("GET", 200, "content"));
      assertThat(store.read(REF)).isEqualTo(CONTENT);
    }
  }

  @Test
  void namesTheObjectThatItMayNotWriteButNoCredentials() throws IOException {
    try (ArtifactStore store = open()) {
      script.add(new Answer("HEAD", 404, ""));
      script.add(new Answer("PUT", 403, error("AccessDenied")));
      assertThatThrownBy(() -> store.put(CONTENT))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot write " + REF.uri())
          .hasMessageContaining("AccessDenied")
          .hasMessageNotContaining("do-not-print");
    }
  }

  @Test
  void givesUpOnAServerThatAlwaysReportsAConflict() throws IOException {
    try (ArtifactStore store = open()) {
      for (int i = 0; i < 8; i++) {
        script.add(new Answer("HEAD", 404, ""));
        script.add(new Answer("PUT", 412, error("PreconditionFailed")));
      }
      assertThatThrownBy(() -> store.put(CONTENT))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(REF.uri())
          .hasMessageContaining("8 times");
    }
  }

  private record Answer(String method, int status, String body) {}

  private ArtifactStore open() throws IOException {
    script.add(BUCKET_IS_THERE);
    String endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
    return ArtifactStores.open(StoreLocation.S3.server(endpoint, "bucket", ""));
  }

  private static String error(String code) {
    return "<Error><Code>%1$s</Code><Message>%1$s</Message></Error>".formatted(code);
  }
}
