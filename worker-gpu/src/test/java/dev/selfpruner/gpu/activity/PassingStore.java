package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.IndexKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/** Passes everything on to another store, whose files it doesn't give: workers keep copies. */
abstract class PassingStore implements ArtifactStore {
  private final ArtifactStore store;

  PassingStore(ArtifactStore store) {
    this.store = store;
  }

  @Override
  public ArtifactRef put(byte[] content) throws IOException {
    return store.put(content);
  }

  @Override
  public ArtifactRef put(Path file) throws IOException {
    return store.put(file);
  }

  @Override
  public boolean has(ArtifactRef ref) throws IOException {
    return store.has(ref);
  }

  @Override
  public InputStream open(ArtifactRef ref) throws IOException {
    return store.open(ref);
  }

  @Override
  public Optional<ArtifactRef> find(IndexKey key) throws IOException {
    return store.find(key);
  }

  @Override
  public ArtifactRef index(IndexKey key, ArtifactRef ref) throws IOException {
    return store.index(key, ref);
  }

  @Override
  public ArtifactRef replace(IndexKey key, ArtifactRef lost, ArtifactRef ref) throws IOException {
    return store.replace(key, lost, ref);
  }

  @Override
  public void close() {
    store.close();
  }
}
