package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GramRoomTest {
  private static final List<Long> LAYERS = List.of(10L, 30L, 20L);

  @TempDir private Path folder;
  private Path work;
  private ArtifactStore directory;
  private ArtifactStore bucket;

  @BeforeEach
  void openStores() throws IOException {
    work = folder.resolve("work");
    directory = ArtifactStores.directory(folder.resolve("store"));
    bucket = new FailingStore(directory, "none", 0); // it lies in no directory that it knows
  }

  @AfterEach
  void closeStores() {
    directory.close();
  }

  @Test
  void whatGoesElsewhereNeedsRoomForThoseThatAreOnTheirWay() {
    assertThatCode(() -> room(bucket, 30, 0).require(LAYERS, 1)).doesNotThrowAnyException();
    assertThatCode(() -> room(bucket, 50, 0).require(LAYERS, 2)).doesNotThrowAnyException();
    assertTooLittle(() -> room(bucket, 29, 0).require(LAYERS, 1), 30, work, 29);
    assertTooLittle(() -> room(bucket, 49, 0).require(LAYERS, 2), 50, work, 49);
  }

  @Test
  void aStoreOnAnotherDiskNeedsRoomForAllThere() {
    assertThatCode(() -> room(directory, 30, 60).require(LAYERS, 1)).doesNotThrowAnyException();
    assertTooLittle(() -> room(directory, 29, 60).require(LAYERS, 1), 30, work, 29);
    assertTooLittle(
        () -> room(directory, 1_000, 59).require(LAYERS, 1), 60, folder.resolve("store"), 59);
  }

  @Test
  void aStoreOnTheSameDiskNeedsRoomForBoth() {
    assertThatCode(() -> shared(90).require(LAYERS, 1)).doesNotThrowAnyException();
    assertTooLittle(() -> shared(89).require(LAYERS, 1), 90, work, 89);
  }

  @Test
  void whatIsThereNeedsNone() {
    assertThatCode(() -> room(directory, 0, 0).require(List.of(), 1)).doesNotThrowAnyException();
  }

  @Test
  void sumsThatWaitAreInTheWorkFolder() {
    assertThatCode(() -> room(bucket, 60, 0).requireForWaiting(60)).doesNotThrowAnyException();
    assertTooLittle(() -> room(bucket, 59, 0).requireForWaiting(60), 60, work, 59);
  }

  private GramRoom room(ArtifactStore store, long atWork, long inStore) {
    return new GramRoom(
        store,
        work,
        new Disks() {
          @Override
          public Object of(Path asked) {
            return asked;
          }

          @Override
          public long free(Path asked) {
            return asked.equals(work) ? atWork : inStore;
          }
        });
  }

  private GramRoom shared(long free) {
    return new GramRoom(directory, work, disk(free));
  }

  /** One disk. */
  static Disks disk(long free) {
    return new Disks() {
      @Override
      public Object of(Path asked) {
        return "the disk";
      }

      @Override
      public long free(Path asked) {
        return free;
      }
    };
  }

  private interface Check {
    void run() throws IOException;
  }

  private static void assertTooLittle(Check check, long wanted, Path place, long free) {
    assertThatThrownBy(check::run)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "another %d bytes of the disk of %s, which has %d left", wanted, place, free);
  }
}
