package dev.selfpruner.llm.testing;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.IndexKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A store that something comes before each request to.
 *
 * @param store has what is stored
 * @param before runs before every request
 */
public record WatchedStore(ArtifactStore store, Runnable before) implements ArtifactStore {
  @Override
  public ArtifactRef put(byte[] content) throws IOException {
    before.run();
    return store.put(content);
  }

  @Override
  public ArtifactRef put(Path file) throws IOException {
    before.run();
    return store.put(file);
  }

  @Override
  public boolean has(ArtifactRef ref) throws IOException {
    before.run();
    return store.has(ref);
  }

  @Override
  public InputStream open(ArtifactRef ref) throws IOException {
    before.run();
    return store.open(ref);
  }

  @Override
  public Optional<ArtifactRef> find(IndexKey key) throws IOException {
    before.run();
    return store.find(key);
  }

  @Override
  public ArtifactRef index(IndexKey key, ArtifactRef ref) throws IOException {
    before.run();
    return store.index(key, ref);
  }

  @Override
  public ArtifactRef replace(IndexKey key, ArtifactRef lost, ArtifactRef ref) throws IOException {
    before.run();
    return store.replace(key, lost, ref);
  }

  @Override
  public void close() {
    store.close();
  }
}
