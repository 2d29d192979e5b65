package dev.selfpruner.activities.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.artifact.StoreUnavailableException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DirectoryArtifactStoreTest extends ArtifactStoreContract {
  private Path root;

  @BeforeEach
  void chooseRoot() {
    root = folder.resolve("a/store");
  }

  @Override
  ArtifactStore store() throws IOException {
    return ArtifactStores.open(new StoreLocation.Directory(root.toString()));
  }

  @Override
  void overwrite(String name, byte[] content) throws IOException {
    Files.createDirectories(root.resolve(name).getParent());
    Files.write(root.resolve(name), content);
  }

  @Override
  List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void findsEverythingAfterTheDirectoryWasMoved() throws IOException {
    IndexKey key = new IndexKey("calibration", "model");
    ArtifactRef before = store().put("content".getBytes(UTF_8));
    store().index(key, before);
    root = Files.move(root, folder.resolve("moved"));
    ArtifactRef after = store().find(key).orElseThrow();
    assertThat(after.uri()).startsWith(root.toUri().toString());
    assertThat(store().read(after)).asString(UTF_8).isEqualTo("content");
    assertThat(store().read(before)).asString(UTF_8).isEqualTo("content");
  }

  @Test
  void aDirectoryThatHasBecomeEmptyIsNoStoreWithoutContent() throws IOException {
    IndexKey key = new IndexKey("calibration", "model");
    ArtifactStore open = store();
    ArtifactRef ref = open.put("content".getBytes(UTF_8));
    open.index(key, ref);
    Path file = Files.writeString(folder.resolve("file"), "from a file");

    Path mounted = Files.move(root, folder.resolve("not mounted now"));
    Files.createDirectory(root);
    for (Use use :
        List.<Use>of(
            () -> open.find(key),
            () -> open.read(ref),
            () -> open.file(ref, folder.resolve("files")),
            () -> open.index(key, ref),
            () -> open.put("content".getBytes(UTF_8)),
            () -> open.put(file))) {
      assertThatThrownBy(use::run)
          .isInstanceOfSatisfying(
              StoreUnavailableException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.NOT_THERE))
          .hasMessageContaining(root.toString())
          .hasMessageContaining("mount its file system");
    }
    assertThat(root).as("nothing that a mount would hide").isEmptyDirectory();

    Files.delete(root);
    assertThatThrownBy(() -> open.find(key)).isInstanceOf(StoreUnavailableException.class);
    Files.move(mounted, root);
    assertThat(open.find(key)).contains(ref);
    assertThat(open.read(ref)).asString(UTF_8).isEqualTo("content");
  }

  @Test
  void aStoreOfAnEarlierVersionGoesOnWithoutItsEmptyFolders() throws IOException {
    ArtifactStore open = store();
    Files.delete(root.resolve(StoreLayout.TEMPORARY));
    ArtifactRef ref = open.put("content".getBytes(UTF_8));
    assertThat(open.read(ref)).asString(UTF_8).isEqualTo("content");
    Files.delete(root.resolve(StoreLayout.TEMPORARY));
    new DirectoryShelf(root).markBeside(StoreLayout.blob(ref.sha256()));
    assertThat(root.resolve(StoreLayout.mark(StoreLayout.blob(ref.sha256())))).exists();

    root = folder.resolve("earlier"); // where nothing was stored yet
    Files.createDirectories(root.resolve(StoreLayout.TEMPORARY));
    ArtifactRef first = store().put("content".getBytes(UTF_8));
    assertThat(store().read(first)).asString(UTF_8).isEqualTo("content");
  }

  private interface Use {
    Object run() throws IOException;
  }

  @Test
  void followsNoLinkThatSomeoneElsePutThere() throws IOException {
    Path outside = Files.writeString(folder.resolve("outside"), "secret");
    ArtifactRef ref = store().put("secret".getBytes(UTF_8));
    Path blob = root.resolve(StoreLayout.blob(ref.sha256()));
    Files.delete(blob);
    Files.createSymbolicLink(blob, outside);
    for (Reading reading :
        List.<Reading>of(
            () -> store().read(ref),
            () -> store().file(ref, folder.resolve("files")),
            () -> store().copyTo(ref, folder.resolve("target")))) {
      assertThatThrownBy(reading::run)
          .isInstanceOf(CorruptArtifactException.class)
          .hasMessage(blob + " is a symbolic link, which no store makes: delete it and run again");
    }
    store().put("secret".getBytes(UTF_8));
    assertThat(Files.isSymbolicLink(blob)).as("replaced").isFalse();
    assertThat(outside).hasContent("secret");

    IndexKey key = new IndexKey("calibration", "model");
    store().index(key, ref);
    Path entry = root.resolve(StoreLayout.indexEntry(key));
    Path moved = Files.move(entry, folder.resolve("entry"));
    Files.createSymbolicLink(entry, moved);
    assertThatThrownBy(() -> store().find(key)).isInstanceOf(CorruptArtifactException.class);
  }

  private interface Reading {
    void run() throws IOException;
  }

  @Test
  void sweepsWhatDeadWritersLeftButNotWhatLivingOnesWrite() throws IOException {
    store();
    Path dead = Files.writeString(root.resolve("temporary/.selfpruner-1.tmp"), "half");
    Path living = Files.writeString(root.resolve("temporary/.selfpruner-2.tmp"), "half");
    Path other = Files.writeString(root.resolve("temporary/notes.txt"), "not ours");
    FileTime old = FileTime.from(Instant.now().minus(Duration.ofHours(25)));
    Files.setLastModifiedTime(dead, old);
    Files.setLastModifiedTime(other, old);
    store();
    assertThat(dead).doesNotExist();
    assertThat(living).exists();
    assertThat(other).exists();
  }

  @Test
  void showsReadersAnEntryWholeOrNotAtAll() throws Exception {
    ArtifactStore store = store();
    ArtifactRef ref = store.put("content".getBytes(UTF_8));
    ExecutorService reader = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < 15; round++) {
        // long, so that an entry which is written in place would be seen in part
        IndexKey key = new IndexKey("evaluation", round + " ".repeat(4_000_000));
        Future<Optional<ArtifactRef>> seen = reader.submit(() -> pollUntilFound(store, key));
        store.index(key, ref);
        assertThat(seen.get()).contains(ref);
      }
    } finally {
      reader.shutdown();
    }
  }

  private static Optional<ArtifactRef> pollUntilFound(ArtifactStore store, IndexKey key)
      throws IOException {
    Optional<ArtifactRef> found = store.find(key);
    while (found.isEmpty()) {
      found = store.find(key);
    }
    return found;
  }

  @Test
  void saysWhyAPlaceCannotHoldAStore() throws IOException {
    root = Files.writeString(folder.resolve("file"), "in the way");
    assertThatThrownBy(this::store)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot keep artifacts in " + root)
        .hasMessageContaining("name another directory");
  }
}
