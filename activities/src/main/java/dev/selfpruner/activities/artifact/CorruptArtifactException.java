package dev.selfpruner.activities.artifact;

import java.io.IOException;

/** A blob's content does not match the digest or length that it is stored under. */
public final class CorruptArtifactException extends IOException {
  private static final long serialVersionUID = 1L;

  public CorruptArtifactException(String message) {
    super(message);
  }
}
