package dev.selfpruner.activities.artifact;

import java.io.FileNotFoundException;

/**
 * A store has no blob that somebody refers to. It may be another store than the one where that was
 * put, or the empty directory that a file system is to be mounted on: then the blob is there once
 * somebody has mended that. So it is no damage, unless the same store's index says that it is there
 * ({@link ArtifactStore#readIndexed}).
 */
public final class MissingArtifactException extends FileNotFoundException {
  private static final long serialVersionUID = 1L;

  public MissingArtifactException(ArtifactRef ref, String store) {
    super(
        "no blob %s in the %s (referred to as %s) - let this worker have the store that it was put into, mounted and whole; what was deleted from it has to come back from a copy"
            .formatted(ref.sha256(), store, ref.uri()));
  }
}
