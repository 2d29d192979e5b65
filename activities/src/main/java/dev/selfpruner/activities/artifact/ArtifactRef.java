package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.Digests;

/**
 * Names a blob in an artifact store: what workflow histories carry in the content's place.
 *
 * @param uri where the blob lies, for people and other tools ({@code file:} or {@code s3:})
 * @param sha256 digest of the content, which is also its name in the store
 * @param bytes length of the content
 */
public record ArtifactRef(String uri, String sha256, long bytes) {
  public ArtifactRef {
    Digests.requireSha256(sha256);
    if (uri.isBlank()) {
      throw new IllegalArgumentException("an artifact has a URI");
    }
    if (bytes < 0) {
      throw new IllegalArgumentException("negative length: " + bytes);
    }
  }
}
