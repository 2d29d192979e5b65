package dev.selfpruner.activities.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.testing.VersityGateway;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The contract on a real S3 server. */
@ExtendWith(VersityGateway.Needed.class)
final class S3ArtifactStoreServerTest extends ArtifactStoreContract {
  /** The smallest that S3 allows: the contract's big blob is three parts. */
  private static final long PART_BYTES = 5L << 20;

  private static VersityGateway gateway;
  private static S3Client client;

  private StoreLocation.S3 location;
  private ArtifactStore store;

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

  @BeforeEach
  void openStore() throws IOException {
    location = gateway.location("tests/" + UUID.randomUUID());
    store = S3ArtifactStore.open(location, PART_BYTES, Reuse.REFRESH);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Override
  ArtifactStore store() {
    return store;
  }

  @Override
  void overwrite(String name, byte[] content) {
    client.putObject(
        request -> request.bucket(location.bucket()).key(location.prefix() + "/" + name),
        RequestBody.fromBytes(content));
  }

  @Override
  List<String> names() {
    String prefix = location.prefix() + "/";
    return client
        .listObjectsV2(request -> request.bucket(location.bucket()).prefix(prefix))
        .contents()
        .stream()
        .map(S3Object::key)
        .map(key -> key.substring(prefix.length()))
        .toList();
  }

  @AfterEach
  void leavesNoUnfinishedUploads() {
    assertThat(
            client
                .listMultipartUploads(request -> request.bucket(location.bucket()))
                .uploads()
                .stream()
                .filter(upload -> upload.key().startsWith(location.prefix())))
        .isEmpty();
  }

  @Test
  void isSharedByEverybodyWhoOpensTheLocation() throws IOException {
    IndexKey key = new IndexKey("calibration", "model");
    ArtifactRef ref = store.put("content".getBytes(UTF_8));
    store.index(key, ref);
    try (ArtifactStore other = ArtifactStores.open(location)) {
      assertThat(other.find(key)).contains(ref);
      assertThat(other.read(ref)).asString(UTF_8).isEqualTo("content");
    }
    try (ArtifactStore other = ArtifactStores.open(gateway.location("elsewhere"))) {
      assertThat(other.find(key)).isEmpty();
    }
  }

  @Test
  void saysThatABucketIsMissing() {
    StoreLocation.S3 missing =
        StoreLocation.S3.server(gateway.endpoint(), "no-such-bucket", "prefix");
    assertThatThrownBy(() -> ArtifactStores.open(missing))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot use bucket no-such-bucket at " + gateway.endpoint())
        .hasMessageContaining("404");
  }
}
