package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.Digests;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A store for tests that obeys the contract and is gone with the process. */
public final class InMemoryArtifactStore implements ArtifactStore {
  /** By {@link StoreLayout} name. */
  private final Map<String, byte[]> objects = new ConcurrentHashMap<>();

  @Override
  public ArtifactRef put(byte[] content) {
    ArtifactRef ref = ref(Digests.sha256(content), content.length);
    objects.put(StoreLayout.blob(ref.sha256()), content.clone());
    return ref;
  }

  @Override
  public ArtifactRef put(Path file) throws IOException {
    return put(Files.readAllBytes(file));
  }

  @Override
  public boolean has(ArtifactRef ref) {
    byte[] blob = objects.get(StoreLayout.blob(ref.sha256()));
    return blob != null && blob.length == ref.bytes();
  }

  @Override
  public InputStream open(ArtifactRef ref) throws IOException {
    requireBlob(ref);
    ArtifactRef own = ref(ref.sha256(), ref.bytes());
    return new VerifyingInputStream(
        new ByteArrayInputStream(objects.get(StoreLayout.blob(ref.sha256()))), own);
  }

  @Override
  public Optional<ArtifactRef> find(IndexKey key) throws IOException {
    String name = StoreLayout.indexEntry(key);
    byte[] json = objects.get(name);
    if (json == null) {
      return Optional.empty();
    }
    IndexEntry entry = IndexEntry.parse(json, key, "memory:" + name);
    return Optional.of(ref(entry.sha256(), entry.bytes()));
  }

  @Override
  public ArtifactRef index(IndexKey key, ArtifactRef ref) throws IOException {
    requireBlob(ref);
    objects.putIfAbsent(StoreLayout.indexEntry(key), IndexEntry.of(key, ref).json());
    return find(key).orElseThrow();
  }

  @Override
  public ArtifactRef replace(IndexKey key, ArtifactRef lost, ArtifactRef ref) throws IOException {
    ArtifactRef held = index(key, ref);
    if (held.sha256().equals(lost.sha256())) {
      objects.put(StoreLayout.indexEntry(key), IndexEntry.of(key, ref).json());
    }
    return find(key).orElseThrow();
  }

  @Override
  public void close() {}

  /** Replaces what lies at a {@link StoreLayout} name, as a failing disk or a person would. */
  void overwrite(String name, byte[] content) {
    objects.put(name, content.clone());
  }

  /** Names of all that is stored. */
  List<String> names() {
    return objects.keySet().stream().sorted().toList();
  }

  private void requireBlob(ArtifactRef ref) throws MissingArtifactException {
    if (!objects.containsKey(StoreLayout.blob(ref.sha256()))) {
      throw new MissingArtifactException(ref, "artifact store in memory");
    }
  }

  private static ArtifactRef ref(String sha256, long bytes) {
    return new ArtifactRef("memory:" + StoreLayout.blob(sha256), sha256, bytes);
  }
}
