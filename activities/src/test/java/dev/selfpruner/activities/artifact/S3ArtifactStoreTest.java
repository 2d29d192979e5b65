package dev.selfpruner.activities.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.artifact.StoreUnavailableException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  private static final Answer INTACT_BLOB_IS_THERE = new Answer("HEAD", 200, "", "with checksum");
  private static final Answer CUT_OFF = new Answer("GET", 200, "cont", "cut off");

  private static final String OLD = "old";

  private final Queue<Answer> script = new ArrayDeque<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<Headers> headers = Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;
  @TempDir private Path folder;

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
          headers.add(exchange.getRequestHeaders());
          exchange.getRequestBody().readAllBytes();
          Answer answer = script.poll();
          if (answer == null || !answer.method.equals(method)) {
            answer = new Answer(method, 501, error("NotImplemented"));
          }
          byte[] body = answer.body.getBytes(UTF_8);
          if (answer.equals(BLOB_IS_THERE)) {
            exchange.getResponseHeaders().set("Content-Length", "" + CONTENT.length);
          }
          if (answer.equals(INTACT_BLOB_IS_THERE)) {
            exchange.getResponseHeaders().set("Content-Length", "" + CONTENT.length);
            exchange
                .getResponseHeaders()
                .set("x-amz-checksum-sha256", S3Bucket.base64(REF.sha256()));
          }
          if (answer.note.equals(OLD)) {
            exchange.getResponseHeaders().set("Last-Modified", "Tue, 01 Oct 2024 10:00:00 GMT");
          }
          if (answer.equals(CUT_OFF)) {
            exchange.sendResponseHeaders(200, body.length + 3);
            exchange.getResponseBody().write(body);
            exchange.getResponseBody().flush();
            exchange.close();
            return;
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

  @Test
  void takesALostConditionalWriteAsDoneWhereTheBytesAreItsOwn() throws IOException {
    try (ArtifactStore store = open()) {
      script.add(new Answer("HEAD", 404, ""));
      script.add(new Answer("PUT", 500, error("InternalError"))); // done, but the answer is lost
      script.add(new Answer("PUT", 412, error("PreconditionFailed")));
      script.add(INTACT_BLOB_IS_THERE);
      assertThat(store.put(CONTENT)).isEqualTo(REF);
      assertThat(requests)
          .containsExactly(
              "HEAD", "HEAD", "PUT if none matches *", "PUT if none matches *", "HEAD");
    }
  }

  @Test
  void replacesOtherBytesOfTheSameLengthAfterALostConditionalWrite() throws IOException {
    try (ArtifactStore store = open()) {
      script.add(new Answer("HEAD", 404, ""));
      script.add(new Answer("PUT", 412, error("PreconditionFailed")));
      script.add(BLOB_IS_THERE); // as long, and without a checksum: it has to be read
      script.add(new Answer("GET", 200, "CONTENT"));
      script.add(new Answer("PUT", 200, ""));
      assertThat(store.put(CONTENT)).isEqualTo(REF);
      assertThat(requests)
          .containsExactly("HEAD", "HEAD", "PUT if none matches *", "HEAD", "GET", "PUT");
    }
  }

  @Test
  void isNoDamageWhenAConnectionEndsTooEarly() throws IOException {
    try (ArtifactStore store = open()) {
      script.add(CUT_OFF);
      Path target = folder.resolve("target");
      assertThatThrownBy(() -> store.copyTo(REF, target))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(CorruptArtifactException.class);
      assertThat(folder).isEmptyDirectory();
      script.add(new Answer("GET", 200, "content"));
      store.copyTo(REF, target);
      assertThat(target).hasContent("content");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          404 | NoSuchBucket          | MISSING_BUCKET      | create it, or correct the bucket's name or the endpoint
          403 | AccessDenied          | ACCESS_DENIED       | give these credentials s3:GetObject
          403 | InvalidAccessKeyId    | UNKNOWN_CREDENTIALS | correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
          403 | SignatureDoesNotMatch | UNKNOWN_CREDENTIALS | correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
          400 | ExpiredToken          | EXPIRED_CREDENTIALS | renew them
          403 | RequestTimeTooSkewed  | WRONG_CLOCK         | set this machine's clock
          301 | PermanentRedirect     | WRONG_REGION        | --s3-region
          400 | KMS.DisabledException | ENCRYPTION          | --s3-sse
          503 | SlowDown              | BUSY                | it may be well again on the next try
          """)
  void saysWhatIsWrongAndWhatToDo(int status, String code, Reason reason, String advice)
      throws IOException {
    try (ArtifactStore store = open()) {
      for (int i = 0; i < 5; i++) { // some are tried again
        script.add(new Answer("GET", status, error(code)));
      }
      assertThatThrownBy(() -> store.read(REF))
          .isInstanceOfSatisfying(
              StoreUnavailableException.class, e -> assertThat(e.reason()).isEqualTo(reason))
          .hasMessageContaining("cannot read " + REF.uri())
          .hasMessageContaining("%s, HTTP %d".formatted(code, status))
          .hasMessageContaining(advice)
          .hasMessageNotContaining("do-not-print");
    }
  }

  @Test
  void marksWhatIsOldAsUsedBeforeItIsFound() throws IOException {
    try (ArtifactStore store = open()) {
      script.add(new Answer("GET", 200, entry(), OLD));
      script.add(new Answer("PUT", 200, ""));
      script.add(new Answer("GET", 404, error("NoSuchKey"))); // nothing is condemned
      script.add(new Answer("HEAD", 404, "")); // and yet it is gone meanwhile
      assertThat(store.find(KEY)).isEmpty();
      assertThat(requests).containsExactly("HEAD", "GET", "PUT", "GET", "HEAD");
    }
  }

  @Test
  void findsWhatIsOldForSomebodyWhoMayOnlyRead() throws IOException {
    try (ArtifactStore store = open()) {
      script.add(new Answer("GET", 200, entry(), OLD));
      script.add(new Answer("PUT", 403, error("AccessDenied")));
      script.add(BLOB_IS_THERE);
      assertThat(store.find(KEY)).contains(REF);
    }
  }

  private static String entry() {
    return new String(
        new IndexEntry(KEY.kind(), KEY.key(), REF.sha256(), REF.bytes()).json(), UTF_8);
  }

  @Test
  void asksForTheReasonThatAnAnswerWithoutBodyLeavesOut() throws IOException {
    script.add(new Answer("HEAD", 403, ""));
    script.add(new Answer("GET", 403, error("RequestTimeTooSkewed")));
    script.add(new Answer("GET", 403, error("RequestTimeTooSkewed")));
    script.add(new Answer("GET", 403, error("RequestTimeTooSkewed")));
    script.add(new Answer("GET", 403, error("RequestTimeTooSkewed")));
    script.add(new Answer("GET", 403, error("RequestTimeTooSkewed")));
    assertThatThrownBy(() -> ArtifactStores.open(location()))
        .isInstanceOfSatisfying(
            StoreUnavailableException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_CLOCK))
        .hasMessageContaining("cannot use bucket bucket at http://127.0.0.1:");
  }

  @Test
  void saysThatNoServerAnswers() {
    StoreLocation.S3 nowhere = location();
    server.stop(0);
    assertThatThrownBy(() -> ArtifactStores.open(nowhere))
        .isInstanceOfSatisfying(
            StoreUnavailableException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE))
        .hasMessageContaining("check the endpoint, the network and whether the server runs");
  }

  @ParameterizedTest
  @CsvSource({
    "AES256, AES256, ",
    "aws:kms, aws:kms, ",
    "aws:kms:arn:aws:kms:eu-west-1:1:key/2-3, aws:kms, arn:aws:kms:eu-west-1:1:key/2-3",
    "aws:kms:dsse, aws:kms:dsse, ",
  })
  void asksTheServerToEncrypt(String option, String algorithm, String key) throws IOException {
    script.add(BUCKET_IS_THERE);
    try (ArtifactStore store =
        ArtifactStores.open(location().withEncryption(BucketEncryption.parse(option)))) {
      script.add(new Answer("HEAD", 404, ""));
      script.add(new Answer("PUT", 200, ""));
      store.put(CONTENT);
      Headers put = headers.get(2);
      assertThat(put.getFirst("x-amz-server-side-encryption")).isEqualTo(algorithm);
      assertThat(put.getFirst("x-amz-server-side-encryption-aws-kms-key-id")).isEqualTo(key);
    }
  }

  /** A note keeps two answers apart that differ in what the server does beside. */
  private record Answer(String method, int status, String body, String note) {
    Answer(String method, int status, String body) {
      this(method, status, body, "");
    }
  }

  private ArtifactStore open() throws IOException {
    script.add(BUCKET_IS_THERE);
    return ArtifactStores.open(location());
  }

  private StoreLocation.S3 location() {
    String endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
    return StoreLocation.S3.server(endpoint, "bucket", "");
  }

  private static String error(String code) {
    return "<Error><Code>%1$s</Code><Message>%1$s</Message></Error>".formatted(code);
  }
}
