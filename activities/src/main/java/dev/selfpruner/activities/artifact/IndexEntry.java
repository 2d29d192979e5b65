package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import java.util.Optional;

/**
 * Content of an index entry. It names the blob by digest and length alone, so that a store can be
 * moved, and holds the key in clear, so that people can read it and a wrong entry is noticed.
 */
record IndexEntry(String kind, String key, String sha256, long bytes) {
  IndexEntry {
    Digests.requireSha256(sha256);
    if (bytes < 0) {
      throw new IllegalArgumentException("negative length: " + bytes);
    }
  }

  static IndexEntry of(IndexKey key, ArtifactRef ref) {
    return new IndexEntry(key.kind(), key.key(), ref.sha256(), ref.bytes());
  }

  /** Reads the entry found at {@code uri}, which has to be the one of {@code asked}. */
  static IndexEntry parse(byte[] json, IndexKey asked, String uri) throws CorruptArtifactException {
    IndexEntry entry;
    try {
      entry = Json.read(json, IndexEntry.class);
    } catch (IllegalArgumentException e) {
      throw new CorruptArtifactException(
          "cannot read index entry %s: %s - delete it and run again".formatted(uri, e.getMessage()),
          e);
    }
    if (!entry.kind.equals(asked.kind()) || !entry.key.equals(asked.key())) {
      throw new CorruptArtifactException(
          "index entry %s belongs to another key: asked for %s %s, found %s %s - it was moved or written by hand, delete it"
              .formatted(uri, asked.kind(), asked.key(), entry.kind, entry.key));
    }
    return entry;
  }

  /** Reads whatever entry that is; nothing where it is none. */
  static Optional<IndexEntry> parseAny(byte[] json) {
    try {
      IndexEntry entry = Json.read(json, IndexEntry.class);
      IndexKey unused = new IndexKey(entry.kind, entry.key);
      return Optional.of(entry);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  byte[] json() {
    return Json.writeBytes(this);
  }
}
