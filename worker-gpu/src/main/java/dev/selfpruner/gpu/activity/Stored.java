package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.CorruptArtifactException;
import dev.selfpruner.activities.artifact.IndexKey;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON artifacts by key: what was stored first under a key stays, unless it is lost. All of them
 * follow from something else, so that one whose blob is missing or damaged is made again.
 */
final class Stored {
  private static final Logger LOG = LoggerFactory.getLogger(Stored.class);

  private final ArtifactStore store;

  Stored(ArtifactStore store) {
    this.store = store;
  }

  /** Tells whether something that is stored can be used. */
  @FunctionalInterface
  interface Usable<T> {
    boolean test(T stored) throws IOException;
  }

  /** What is stored under a key; empty where it is lost, too. */
  <T> Optional<T> find(IndexKey key, Class<T> type) throws IOException {
    Optional<ArtifactRef> ref = store.find(key);
    return ref.isEmpty() ? Optional.empty() : readable(ref.get(), type);
  }

  /** What a blob has, unless it is missing or damaged. */
  <T> Optional<T> readable(ArtifactRef ref, Class<T> type) throws IOException {
    try {
      return Optional.of(read(ref, type));
    } catch (FileNotFoundException | CorruptArtifactException e) {
      LOG.warn("a file of the store can't be used: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** Stores {@code value} under {@code key}, unless another was faster; returns what is stored. */
  <T> T index(IndexKey key, T value, Class<T> type) throws IOException {
    return index(key, value, type, any -> true);
  }

  /**
   * As {@link #index(IndexKey, Object, Class)}, in the place of what can't be used.
   *
   * @param usable of what another has stored
   */
  <T> T index(IndexKey key, T value, Class<T> type, Usable<T> usable) throws IOException {
    ArtifactRef own = put(value);
    ArtifactRef winner = index(key, own, ref -> isReadable(ref, type, usable));
    return winner.sha256().equals(own.sha256()) ? value : read(winner, type);
  }

  /** Indexes a blob, unless another was faster with one that can be used. */
  ArtifactRef index(IndexKey key, ArtifactRef own, Usable<ArtifactRef> usable) throws IOException {
    ArtifactRef winner = store.index(key, own);
    return winner.sha256().equals(own.sha256()) || usable.test(winner)
        ? winner
        : store.replace(key, winner, own);
  }

  private <T> boolean isReadable(ArtifactRef ref, Class<T> type, Usable<T> usable)
      throws IOException {
    Optional<T> value = readable(ref, type);
    return value.isPresent() && usable.test(value.get());
  }

  /** Writes a file that is not there yet. */
  @FunctionalInterface
  interface FileWriter {
    void write(Path target) throws IOException;
  }

  /** Stores what a writer makes, on its way in a folder of its own below {@code workDirectory}. */
  ArtifactRef putFile(Path workDirectory, FileWriter writer) throws IOException {
    Files.createDirectories(workDirectory);
    Path folder = Files.createTempDirectory(workDirectory, "new");
    Path file = folder.resolve("content");
    try {
      writer.write(file);
      return store.put(file);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }

  ArtifactRef put(Object value) throws IOException {
    return store.put(Json.writeBytes(value));
  }

  <T> T read(ArtifactRef ref, Class<T> type) throws IOException {
    return Json.readStored(store.read(ref), type); // maybe of an earlier version
  }

  byte[] readBytes(ArtifactRef ref) throws IOException {
    return store.read(ref);
  }

  ArtifactStore store() {
    return store;
  }
}
