package dev.selfpruner.activities.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.testing.VersityGateway;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.s3.S3Client;

/** The contract on a real S3 server. */
@ExtendWith(VersityGateway.Needed.class)
final class S3GarbageCollectorServerTest extends GarbageCollectorContract {
  private static VersityGateway gateway;
  private static S3Client client;

  private final List<Inventory> inventories = new ArrayList<>();
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
    location = gateway.location("gc/" + UUID.randomUUID());
    store = S3ArtifactStore.open(location, 5L << 20, REFRESH);
  }

  @AfterEach
  void close() {
    store.close();
    inventories.forEach(Inventory::close);
  }

  @Override
  ArtifactStore store() {
    return store;
  }

  @Override
  Inventory inventory() throws IOException {
    Inventory inventory = S3Inventory.open(location);
    inventories.add(inventory);
    return inventory;
  }

  @Override
  void grow() throws InterruptedException {
    Thread.sleep(OLD.toMillis());
  }

  @ConcurrentTest
  void abortsUploadsThatNobodyWentOnWith() throws Exception {
    begin("blobs/sha256/aa/old");
    begin("index/not/a/blob");
    grow();
    begin("blobs/sha256/aa/young");
    Garbage removed = remove(survey -> new RetentionPolicy.Kept(Set.of(), Set.of()));
    assertThat(removed.uploads())
        .extracting(UnfinishedUpload::name)
        .containsExactly("blobs/sha256/aa/old");
    assertThat(inventory().unfinished())
        .extracting(UnfinishedUpload::name)
        .containsExactly("blobs/sha256/aa/young");
  }

  @ConcurrentTest
  @ResourceLock(BUSY)
  void listsAndRemovesMoreThanAPageOfObjects() throws Exception {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 1_100; i++) {
      names.add(StoreLayout.blob(dev.selfpruner.activities.Digests.sha256("blob " + i)));
    }
    Inventory shared = inventory();
    List<Boolean> written = ManyReads.of(names, name -> shared.write(name, new byte[] {1}, false));
    assertThat(written).containsOnly(true);
    try (GarbageCollector gc = new GarbageCollector(inventory())) {
      Thread.sleep(1_500);
      Garbage removed =
          gc.remove(survey -> new RetentionPolicy.Kept(Set.of(), Set.of()), Duration.ZERO);
      assertThat(removed.blobs()).hasSize(1_100);
    }
    assertThat(inventory().list("")).isEmpty();
  }

  private void begin(String name) {
    String id =
        client
            .createMultipartUpload(
                request -> request.bucket(location.bucket()).key(location.prefix() + "/" + name))
            .uploadId();
    assertThat(id).isNotEmpty();
  }
}
