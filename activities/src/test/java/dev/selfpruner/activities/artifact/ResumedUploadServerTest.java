package dev.selfpruner.activities.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.testing.NarrowProxy;
import dev.selfpruner.activities.testing.VersityGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** Processes that are killed with SIGKILL while they upload a file of many parts. */
@ExtendWith(VersityGateway.Needed.class)
@Timeout(120)
final class ResumedUploadServerTest {
  private static final int PART = 5 << 20;
  private static final int BYTES = 8 * PART + 1_234;

  private static VersityGateway gateway;
  private static S3Client client;

  @TempDir Path folder;

  @BeforeAll
  static void startServer() {
    gateway = VersityGateway.start().provideCredentials();
    client = gateway.client();
  }

  @AfterAll
  static void stopServer() {
    client.close();
    gateway.close();
  }

  @Test
  void goesOnWithThePartsThatAKilledProcessSent() throws Exception {
    StoreLocation.S3 location = gateway.location("killed");
    byte[] content = content(1);
    Path file = Files.write(folder.resolve("weights"), content);
    killWriterAfter(5 * PART + PART / 2, location, file);
    assertThat(objects(location)).as("objects after the kill").isEmpty();
    assertThat(uploads(location)).hasSize(1);
    int there = parts(location);
    assertThat(there).as("parts after the kill").isBetween(4, 5);

    long sent = put(location, file);

    assertThat(sent).isBetween(BYTES - (long) there * PART, BYTES - (long) there * PART + PART / 8);
    assertThat(uploads(location)).isEmpty();
    assertThat(read(location, content)).isEqualTo(content);
  }

  @Test
  void sendsAnewWhatIsNotOfTheFile() throws Exception {
    StoreLocation.S3 location = gateway.location("changed");
    byte[] content = content(2);
    Path file = Files.write(folder.resolve("weights"), content);
    killWriterAfter(3 * PART + PART / 2, location, file);
    int there = parts(location);
    assertThat(there).isBetween(2, 3);
    String name = "changed/" + StoreLayout.blob(Digests.sha256(content));
    byte[] other = new byte[PART];
    client.uploadPart(
        request ->
            request
                .bucket(location.bucket())
                .key(name)
                .uploadId(uploads(location).get(0).uploadId())
                .partNumber(2)
                .checksumSHA256(S3Bucket.base64(Digests.sha256(other))),
        software.amazon.awssdk.core.sync.RequestBody.fromBytes(other));

    long sent = put(location, file);

    assertThat(sent).isGreaterThan(BYTES - (there - 1L) * PART);
    assertThat(read(location, content)).isEqualTo(content);
  }

  /** Returns the bytes that went to the server. */
  private static long put(StoreLocation.S3 location, Path file) throws IOException {
    try (NarrowProxy proxy = NarrowProxy.start(gateway.endpoint(), Long.MAX_VALUE);
        ArtifactStore store = S3ArtifactStore.open(through(proxy, location), PART, Reuse.REFRESH)) {
      store.put(file);
      return proxy.passed();
    }
  }

  private static void killWriterAfter(long bytes, StoreLocation.S3 location, Path file)
      throws Exception {
    try (NarrowProxy proxy = NarrowProxy.start(gateway.endpoint(), bytes)) {
      ProcessBuilder command =
          new ProcessBuilder(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-Xmx256m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  S3WriterProcess.class.getName(),
                  Json.write(through(proxy, location)),
                  file.toString(),
                  String.valueOf(PART)));
      command.environment().putAll(gateway.environment());
      Process writer = command.inheritIO().start();
      assertThat(proxy.awaitFull(60)).as("the writer got that far").isTrue();
      writer.destroyForcibly();
      assertThat(writer.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static StoreLocation.S3 through(NarrowProxy proxy, StoreLocation.S3 location) {
    return new StoreLocation.S3(
        location.bucket(), location.prefix(), location.region(), proxy.endpoint(), true);
  }

  private static byte[] read(StoreLocation.S3 location, byte[] content) throws IOException {
    try (ArtifactStore store = ArtifactStores.open(location)) {
      return store.read(new ArtifactRef("s3://it", Digests.sha256(content), content.length));
    }
  }

  private static List<?> objects(StoreLocation.S3 location) {
    return client
        .listObjectsV2(request -> request.bucket(location.bucket()).prefix(location.prefix() + "/"))
        .contents();
  }

  private static List<MultipartUpload> uploads(StoreLocation.S3 location) {
    return client
        .listMultipartUploads(
            request -> request.bucket(location.bucket()).prefix(location.prefix() + "/"))
        .uploads();
  }

  private static int parts(StoreLocation.S3 location) {
    MultipartUpload upload = uploads(location).get(0);
    return client
        .listParts(
            request ->
                request.bucket(location.bucket()).key(upload.key()).uploadId(upload.uploadId()))
        .parts()
        .size();
  }

  private static byte[] content(long seed) {
    byte[] content = new byte[BYTES];
    new Random(seed).nextBytes(content);
    return content;
  }
}
