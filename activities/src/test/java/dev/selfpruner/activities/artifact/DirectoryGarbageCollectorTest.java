package dev.selfpruner.activities.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryGarbageCollectorTest extends GarbageCollectorContract {
  @TempDir Path folder;
  private ArtifactStore store;

  @BeforeEach
  void openStore() throws IOException {
    store = DirectoryArtifactStore.open(folder, REFRESH);
  }

  @Override
  ArtifactStore store() {
    return store;
  }

  @Override
  Inventory inventory() {
    return new DirectoryInventory(folder);
  }

  /** As if it had been written and used so much earlier, by a process that is gone. */
  @Override
  void grow() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Instant written = Files.getLastModifiedTime(file).toInstant();
        Path unused = Files.setLastModifiedTime(file, FileTime.from(written.minus(OLD)));
      }
    }
    openStore();
  }

  @ConcurrentTest
  void removesWhatDeadWritersLeftAndNothingThatIsNotTheStores() throws Exception {
    Path dead = Files.writeString(folder.resolve("temporary/.selfpruner-1.tmp"), "half");
    Path notes = Files.writeString(folder.resolve("notes.txt"), "not ours");
    Path other = Files.writeString(folder.resolve("temporary/notes.txt"), "not ours");
    grow();
    Path living = Files.writeString(folder.resolve("temporary/.selfpruner-2.tmp"), "half");
    Garbage removed = remove(survey -> new RetentionPolicy.Kept(Set.of(), Set.of()));
    assertThat(removed.uploads()).hasSize(1);
    assertThat(dead).doesNotExist();
    assertThat(living).exists();
    assertThat(notes).exists();
    assertThat(other).exists();
  }

  @ConcurrentTest
  void sparesWhatOnlyItsOwnerMayDateAndAnotherUserMarked() throws Exception {
    ArtifactRef ref = put("of another user");
    grow();
    new DirectoryShelf(folder).markBeside(StoreLayout.blob(ref.sha256()));
    RetentionPolicy nothing = survey -> new RetentionPolicy.Kept(Set.of(), Set.of());
    assertThat(remove(nothing).blobs()).isEmpty();
    grow();
    assertThat(remove(nothing).blobs()).hasSize(1);
    assertThat(inventory().list(StoreLayout.MARKS)).isEmpty();
  }

  @ConcurrentTest
  void refusesADirectoryThatIsNoStore() {
    StoreLocation none = new StoreLocation.Directory(folder.resolve("none").toString());
    assertThatThrownBy(() -> GarbageCollector.open(none))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no artifact store in " + folder.resolve("none"));
  }
}
