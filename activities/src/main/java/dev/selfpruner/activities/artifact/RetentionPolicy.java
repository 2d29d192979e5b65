package dev.selfpruner.activities.artifact;

import java.io.IOException;
import java.util.Set;

/** Says what of a store is to stay. */
@FunctionalInterface
public interface RetentionPolicy {

  /** What stays, of a store that looks like this. */
  Kept decide(StoreSurvey survey) throws IOException;

  /**
   * What stays, with everything that it refers to.
   *
   * @param entries index entries
   * @param digests of blobs that no entry names, such as those in workflows' histories
   */
  record Kept(Set<StoredEntry> entries, Set<String> digests) {
    public Kept {
      entries = Set.copyOf(entries);
      digests = Set.copyOf(digests);
    }
  }
}
