package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.IndexKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptFilesTest {
  private static final IndexKey KEY = new IndexKey("fitted-layer", "layer 3");

  @TempDir private Path folder;
  private ArtifactStore store;

  @BeforeEach
  void openStore() throws IOException {
    store = ArtifactStores.directory(folder.resolve("store"));
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void whatIsIntactIsMadeOnce() throws IOException {
    ArtifactRef first = made("first");

    assertThat(made("second")).isEqualTo(first);
    assertThat(worker().find(KEY)).contains(first);
  }

  @Test
  void whatWasMadeJustNowIsNotReadAgain() throws IOException {
    KeptFiles worker = worker();
    ArtifactRef made = worker.make(KEY, target -> Files.writeString(target, "first"));

    KeptBlobs.damage(blobs().blob(made.sha256())); // seen by who reads the file

    assertThat(worker.find(KEY)).contains(made);
    assertThat(worker().find(KEY)).isEmpty();
  }

  @Test
  void whatIsMissingOrDamagedIsMadeAgain() throws IOException {
    ArtifactRef first = made("first");
    Path blob = blobs().blob(first.sha256());
    Files.delete(blob);
    assertThat(worker().find(KEY)).isEmpty();
    assertThat(made("first")).isEqualTo(first);
    assertThat(blob).hasContent("first");

    KeptBlobs.damage(blob);
    assertThat(worker().find(KEY)).isEmpty();
    assertThat(made("first")).isEqualTo(first);
    assertThat(blob).hasContent("first");
  }

  @Test
  void whatIsMadeAgainAndIsDifferentTakesItsPlace() throws IOException {
    for (String next : new String[] {"second", "third"}) {
      ArtifactRef before = made("first");
      if (next.equals("second")) {
        Files.delete(blobs().blob(before.sha256()));
      } else {
        KeptBlobs.damage(blobs().blob(before.sha256()));
      }

      ArtifactRef after = made(next);

      assertThat(store.read(after)).asString().isEqualTo(next);
      assertThat(worker().find(KEY)).contains(after);
    }
  }

  @Test
  void whatIsStoredAsJsonIsStoredAgainWhereItIsLost() throws IOException {
    Stored stored = new Stored(store);
    assertThat(stored.index(KEY, "first", String.class)).isEqualTo("first");
    assertThat(stored.index(KEY, "second", String.class)).isEqualTo("first");
    KeptBlobs.damage(blobs().of(KEY.kind()).get(0));

    assertThat(stored.find(KEY, String.class)).isEmpty();
    assertThat(stored.index(KEY, "third", String.class)).isEqualTo("third");
    assertThat(stored.find(KEY, String.class)).contains("third");
    Files.delete(blobs().of(KEY.kind()).get(0));
    assertThat(stored.find(KEY, String.class)).isEmpty();
    assertThat(stored.index(KEY, "third", String.class)).isEqualTo("third");
    assertThat(stored.find(KEY, String.class)).contains("third");
  }

  private ArtifactRef made(String content) throws IOException {
    return worker().findOrMake(KEY, target -> Files.writeString(target, content));
  }

  /** One that has looked at nothing yet. */
  private KeptFiles worker() {
    Path work = folder.resolve("work");
    return new KeptFiles(new Stored(store), new LocalCopies(store, work, Long.MAX_VALUE), work);
  }

  private KeptBlobs blobs() {
    return new KeptBlobs(folder.resolve("store"));
  }
}
