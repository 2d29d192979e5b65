package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.artifact.ArtifactStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Whether disks have room for Gram matrices: that of a store in a directory for all of them, and
 * that of the work folder for those that are on their way, which are few - or all, where hidden
 * states move through the layers in groups. A bucket needs no room here.
 */
final class GramRoom {
  private final ArtifactStore store;
  private final Path workDirectory;
  private final Disks disks;

  GramRoom(ArtifactStore store, Path workDirectory, Disks disks) {
    this.store = store;
    this.workDirectory = workDirectory;
    this.disks = disks;
  }

  /**
   * Fails unless layers can be collected one after another.
   *
   * @param layers bytes of each
   * @param atATime layers that are on their way together
   * @throws IOException if a disk has too little room at the moment
   */
  void require(List<Long> layers, int atATime) throws IOException {
    if (layers.isEmpty()) {
      return;
    }
    Files.createDirectories(workDirectory);
    long all = layers.stream().mapToLong(Long::longValue).sum();
    long onTheirWay =
        layers.stream()
            .sorted(Comparator.reverseOrder())
            .limit(atATime)
            .mapToLong(Long::longValue)
            .sum();
    Optional<Path> kept = store.directory();
    if (kept.isEmpty()) {
      requireFree(workDirectory, onTheirWay);
    } else if (disks.of(kept.get()).equals(disks.of(workDirectory))) {
      requireFree(workDirectory, all + onTheirWay);
    } else {
      requireFree(workDirectory, onTheirWay);
      requireFree(kept.get(), all);
    }
  }

  /**
   * Fails unless the sums of all layers that aren't complete can wait in the work folder.
   *
   * @param bytes of all of them
   * @throws IOException if the disk has too little room at the moment
   */
  void requireForWaiting(long bytes) throws IOException {
    requireFree(workDirectory, bytes);
  }

  private void requireFree(Path folder, long bytes) throws IOException {
    long free = disks.free(folder);
    if (bytes > free) {
      throw new IOException(
          "the Gram matrices of this model take another %,d bytes of the disk of %s, which has %,d left: make room for them"
              .formatted(bytes, folder, free));
    }
  }
}
