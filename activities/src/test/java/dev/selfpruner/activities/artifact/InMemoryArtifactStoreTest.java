package dev.selfpruner.activities.artifact;

import java.util.List;

final class InMemoryArtifactStoreTest extends ArtifactStoreContract {
  private final InMemoryArtifactStore store = new InMemoryArtifactStore();

  @Override
  ArtifactStore store() {
    return store;
  }

  @Override
  void overwrite(String name, byte[] content) {
    store.overwrite(name, content);
  }

  @Override
  List<String> names() {
    return store.names();
  }
}
