package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.IndexKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A store that refuses an entry of a kind after so many: as if the worker had died before it. */
class FailingStore extends PassingStore {
  private final String kind;
  private final List<IndexKey> indexed = new ArrayList<>();
  private int accepted;

  FailingStore(ArtifactStore store, String kind, int accepted) {
    super(store);
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
  public ArtifactRef index(IndexKey key, ArtifactRef ref) throws IOException {
    if (key.kind().equals(kind)) {
      if (accepted == 0) {
        throw new IOException("the store is gone");
      }
      accepted--;
      indexed.add(key);
    }
    return super.index(key, ref);
  }
}
