package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.IndexKey;
import java.io.IOException;
import java.util.Optional;

/** JSON artifacts by key: what was stored first under a key stays. */
final class Stored {
  private final ArtifactStore store;

  Stored(ArtifactStore store) {
    this.store = store;
  }

  <T> Optional<T> find(IndexKey key, Class<T> type) throws IOException {
    Optional<ArtifactRef> ref = store.find(key);
    return ref.isEmpty() ? Optional.empty() : Optional.of(read(ref.get(), type));
  }

  /** Stores {@code value} under {@code key}, unless another was faster; returns what is stored. */
  <T> T index(IndexKey key, T value, Class<T> type) throws IOException {
    ArtifactRef own = put(value);
    ArtifactRef winner = store.index(key, own);
    return winner.sha256().equals(own.sha256()) ? value : read(winner, type);
  }

  ArtifactRef put(Object value) throws IOException {
    return store.put(Json.writeBytes(value));
  }

  <T> T read(ArtifactRef ref, Class<T> type) throws IOException {
    return Json.read(store.read(ref), type);
  }

  byte[] readBytes(ArtifactRef ref) throws IOException {
    return store.read(ref);
  }

  ArtifactStore store() {
    return store;
  }
}
