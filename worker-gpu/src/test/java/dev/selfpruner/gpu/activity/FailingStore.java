package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.IndexKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A store that refuses an entry of a kind after so many: as if the worker had died before it. */
class FailingStore implements ArtifactStore {
  private final ArtifactStore store;
  private final String kind;
  private final List<IndexKey> indexed = new ArrayList<>();
  private int accepted;

  FailingStore(ArtifactStore store, String kind, int accepted) {
    this.store = store;
    this.kind = kind;
    this.accepted = accepted;
  }

  /** Entries that were asked for, of that kind, and not refused. */
  List<IndexKey> indexed() {
    return List.copyOf(indexed);
  }

  void accept(int more) {
    accepted = more;
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
    if (key.kind().equals(kind)) {
      if (accepted == 0) {
        throw new IOException("the store is gone");
      }
      accepted--;
      indexed.add(key);
    }
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
