package dev.selfpruner.activities.artifact;

import java.io.IOException;

/**
 * What a store holds is not what it is stored as: a blob whose content doesn't match its digest or
 * length, or an index entry that can't be read or belongs to another key. A retry finds the same.
 */
public final class CorruptArtifactException extends IOException {
  private static final long serialVersionUID = 1L;

  public CorruptArtifactException(String message) {
    super(message);
  }

  public CorruptArtifactException(String message, Throwable cause) {
    super(message, cause);
  }

  static CorruptArtifactException content(ArtifactRef expected, String foundSha256, long found) {
    return new CorruptArtifactException(
        "%s is damaged: expected %d bytes with SHA-256 %s, found %d bytes with SHA-256 %s - delete it and run again, what made it is then repeated"
            .formatted(expected.uri(), expected.bytes(), expected.sha256(), found, foundSha256));
  }
}
