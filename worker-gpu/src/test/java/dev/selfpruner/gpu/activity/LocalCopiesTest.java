package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.CorruptArtifactException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCopiesTest {
  private static final int BYTES = 100;

  @TempDir private Path folder;

  private final List<ArtifactRef> refs = new ArrayList<>();
  private ArtifactStore directory;
  private ArtifactStore elsewhere;
  private long spare = Long.MAX_VALUE / 2;

  @BeforeEach
  void fillStore() throws IOException {
    directory = ArtifactStores.directory(folder.resolve("store"));
    elsewhere = new FailingStore(directory, "none", 0); // it has no files of its own to give
    for (byte i = 0; i < 4; i++) {
      byte[] content = new byte[BYTES];
      content[0] = i;
      refs.add(directory.put(content));
    }
  }

  @AfterEach
  void closeStore() {
    directory.close();
  }

  @Test
  void thoseUsedLastStayWithinTheBound() throws IOException {
    LocalCopies copies = copies(elsewhere, 2 * BYTES + 1);

    use(copies, 0);
    use(copies, 1);
    use(copies, 0);
    use(copies, 2);

    assertThat(there("gram")).containsExactlyInAnyOrder(0, 2);
    use(copies, 1);
    assertThat(there("gram")).containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void whatIsInUseStaysWhateverItTakes() throws IOException {
    LocalCopies copies = copies(elsewhere, BYTES);

    LocalCopies.Use again = copies.open("gram", refs.get(0));
    try (LocalCopies.Use first = copies.open("gram", refs.get(0));
        LocalCopies.Use second = copies.open("gram", refs.get(1))) {
      again.close();
      again.close(); // no more than once
      use(copies, 2);
      assertThat(first.path()).hasBinaryContent(content(0));
      assertThat(second.path()).hasBinaryContent(content(1));
    }

    assertThat(there("gram")).as("back within the bound").hasSize(1);
  }

  @Test
  void theLastStaysThoughItTakesMoreThanTheBound() throws IOException {
    LocalCopies copies = copies(elsewhere, BYTES / 2);

    use(copies, 0);
    assertThat(there("gram")).containsExactly(0);
    use(copies, 1);
    assertThat(there("gram")).containsExactly(1);
  }

  @Test
  void kindsDontTakeEachOthersRoomAndOtherFilesAreLeftAlone() throws IOException {
    Path other = folder.resolve("work/gram/somebody's");
    Files.createDirectories(other.getParent());
    Files.write(other, new byte[10 * BYTES]);
    LocalCopies before = copies(elsewhere, 10 * BYTES);
    use(before, 0);
    use(before, 1);
    LocalCopies copies = copies(elsewhere, BYTES);

    copies.open("weights", refs.get(2)).close();
    assertThat(there("gram")).containsExactlyInAnyOrder(0, 1);
    use(copies, 3);

    assertThat(there("gram")).as("those of an earlier worker go too").containsExactly(3);
    assertThat(there("weights")).containsExactly(2);
    assertThat(other).exists();
  }

  @Test
  void aFullDiskHasNoRoomForMoreThanWhatIsUsed() throws IOException {
    LocalCopies copies = copies(elsewhere, Long.MAX_VALUE);
    use(copies, 0);
    use(copies, 1);
    assertThat(there("gram")).containsExactlyInAnyOrder(0, 1);

    spare = 10; // of the disk
    use(copies, 2);

    assertThat(there("gram")).containsExactlyInAnyOrder(1, 2);
    spare = -BYTES;
    use(copies, 2);
    assertThat(there("gram")).containsExactly(2);
  }

  @Test
  void filesOfTheStoreAreItsOwn() throws IOException {
    LocalCopies copies = copies(directory, 0);

    use(copies, 0);
    use(copies, 1);

    assertThat(folder.resolve("work")).doesNotExist();
    assertThat(directory.read(refs.get(0))).isEqualTo(content(0));
  }

  @Test
  void aDamagedFileOfTheStoreIsRefusedAndSaidToBe() throws IOException {
    LocalCopies copies = copies(directory, 0);
    Path blob = new KeptBlobs(folder.resolve("store")).blob(refs.get(1).sha256());
    KeptBlobs.damage(blob);

    assertThat(copies.isIntact(refs.get(0))).isTrue();
    assertThat(copies.isIntact(refs.get(1))).isFalse();
    assertThatThrownBy(() -> copies.open("gram", refs.get(1)))
        .isInstanceOf(CorruptArtifactException.class)
        .hasMessageContaining("%s is damaged", blob.toUri())
        .hasMessageContaining("delete it and run again");
    Files.delete(blob);
    assertThat(copies.isIntact(refs.get(1))).isFalse();
    assertThatThrownBy(() -> copies.open("gram", refs.get(1)))
        .isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void aDamagedCopyIsMadeAgain() throws IOException {
    use(copies(elsewhere, 10 * BYTES), 0);
    KeptBlobs.damage(folder.resolve("work/gram").resolve(refs.get(0).sha256()));

    use(copies(elsewhere, 10 * BYTES), 0);

    assertThat(there("gram")).containsExactly(0);
    assertThat(copies(elsewhere, 0).isIntact(refs.get(0))).isTrue();
  }

  @Test
  void aCopyThatAnotherWorkerRemovesAtOnceIsMadeAgain() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    ArtifactStore raced =
        new FailingStore(directory, "none", 0) {
          @Override
          public Path file(ArtifactRef ref, Path target) throws IOException {
            Path copy = super.file(ref, target);
            if (asked.incrementAndGet() == 1) {
              Files.delete(copy);
            }
            return copy;
          }
        };

    use(copies(raced, 10 * BYTES), 0);

    assertThat(asked).hasValue(2);
    assertThat(there("gram")).containsExactly(0);
  }

  private LocalCopies copies(ArtifactStore store, long most) {
    return new LocalCopies(store, folder.resolve("work"), most, unused -> spare);
  }

  private void use(LocalCopies copies, int number) throws IOException {
    try (LocalCopies.Use use = copies.open("gram", refs.get(number))) {
      assertThat(use.path()).hasBinaryContent(content(number));
    }
  }

  private static byte[] content(int number) {
    byte[] content = new byte[BYTES];
    content[0] = (byte) number;
    return content;
  }

  /** Numbers of the artifacts that a kind has copies of. */
  private List<Integer> there(String kind) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("work").resolve(kind))) {
      List<String> names = files.map(file -> file.getFileName().toString()).toList();
      return Stream.of(0, 1, 2, 3)
          .filter(number -> names.contains(refs.get(number).sha256()))
          .toList();
    }
  }
}
