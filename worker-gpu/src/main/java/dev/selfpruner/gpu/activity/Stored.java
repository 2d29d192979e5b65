package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.IndexKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** JSON artifacts by key: what was stored first under a key stays. */
final class Stored {
  private final ArtifactStore store;

  Stored(ArtifactStore store) {
    this.store = store;
  }

  <T> Optional<T> find(IndexKey key, Class<T> type) throws IOException {
    return store.readIndexed(key).map(json -> Json.readStored(json, type));
  }

  /** Stores {@code value} under {@code key}, unless another was faster; returns what is stored. */
  <T> T index(IndexKey key, T value, Class<T> type) throws IOException {
    ArtifactRef own = put(value);
    ArtifactRef winner = store.index(key, own);
    return winner.sha256().equals(own.sha256()) ? value : read(winner, type);
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

  /** The file under {@code key}; made and stored where there is none. */
  ArtifactRef findOrPutFile(IndexKey key, Path workDirectory, FileWriter writer)
      throws IOException {
    Optional<ArtifactRef> known = store.find(key);
    return known.isPresent() ? known.get() : store.index(key, putFile(workDirectory, writer));
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
