package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.IndexKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Files that follow from others, by key: made once, kept in the store, and found by whoever needs
 * them. One whose blob is missing or damaged is not there: it is made again, and takes its place.
 */
final class KeptFiles {
  private final Stored stored;
  private final LocalCopies copies;
  private final Path workDirectory;

  /**
   * @param workDirectory for files on their way into the store
   */
  KeptFiles(Stored stored, LocalCopies copies, Path workDirectory) {
    this.stored = stored;
    this.copies = copies;
    this.workDirectory = workDirectory;
  }

  /** What is kept under a key, if it can be used. */
  Optional<ArtifactRef> find(IndexKey key) throws IOException {
    Optional<ArtifactRef> known = stored.store().find(key);
    return known.isPresent() && copies.isIntact(known.get()) ? known : Optional.empty();
  }

  /**
   * Keeps a file under a key, unless another is there that can be used.
   *
   * @param made was put into the store just now: it isn't read again
   */
  ArtifactRef keep(IndexKey key, ArtifactRef made) throws IOException {
    copies.trust(made);
    return stored.index(key, made, copies::isIntact);
  }

  /** The file under a key; made and stored where there is none. */
  ArtifactRef findOrMake(IndexKey key, Stored.FileWriter writer) throws IOException {
    Optional<ArtifactRef> known = find(key);
    return known.isPresent() ? known.get() : make(key, writer);
  }

  /** Makes a file and keeps it. */
  ArtifactRef make(IndexKey key, Stored.FileWriter writer) throws IOException {
    return keep(key, stored.putFile(workDirectory, writer));
  }
}
