package dev.selfpruner.activities.artifact;

import java.io.IOException;
import java.nio.file.Path;

/** Opens artifact stores. */
public final class ArtifactStores {
  private ArtifactStores() {}

  /** Opens the store in a directory, which is created if it isn't there. */
  public static ArtifactStore directory(Path root) throws IOException {
    return DirectoryArtifactStore.open(root);
  }
}
