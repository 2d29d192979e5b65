package dev.selfpruner.activities.artifact;

import java.io.IOException;
import java.nio.file.Path;

/** Opens artifact stores. */
public final class ArtifactStores {
  private ArtifactStores() {}

  /**
   * Opens a store and checks that it can be reached.
   *
   * @throws IOException if the directory can't be written or its file system has no hard links, or
   *     if the bucket isn't there or may not be read
   */
  public static ArtifactStore open(StoreLocation location) throws IOException {
    if (location instanceof StoreLocation.S3 s3) {
      return S3ArtifactStore.open(s3);
    }
    return directory(Path.of(((StoreLocation.Directory) location).path()));
  }

  /** Opens the store in a directory, which is created if it isn't there. */
  public static ArtifactStore directory(Path root) throws IOException {
    return DirectoryArtifactStore.open(root);
  }
}
