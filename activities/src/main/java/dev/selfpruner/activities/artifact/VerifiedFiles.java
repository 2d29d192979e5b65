package dev.selfpruner.activities.artifact;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files of a store, or copies of them, whose content was found to be what they are named after.
 * Each is read once in a process, before it is used; one of another length, or another file in its
 * place, is read again. Dates don't count: they say when a file was used. Usable by several
 * threads.
 */
public final class VerifiedFiles {
  private static final int BUFFER_BYTES = 1 << 18;

  private final Map<Path, Seen> seen = new ConcurrentHashMap<>();

  /** What tells a file from another in its place. */
  private record Seen(long bytes, String file) {
    static Seen of(Path path) throws IOException {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      return new Seen(now.size(), String.valueOf(now.fileKey()));
    }
  }

  /**
   * Makes sure that a file has a blob's content; about a gigabyte a second, the first time.
   *
   * @throws CorruptArtifactException if it hasn't; it says which file to delete
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  public void require(Path file, ArtifactRef ref) throws IOException {
    Seen now = Seen.of(file);
    if (now.equals(seen.get(file))) {
      return;
    }
    ArtifactRef here = new ArtifactRef(file.toUri().toString(), ref.sha256(), ref.bytes());
    try (InputStream content =
        new VerifyingInputStream(
            new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES), here)) {
      content.transferTo(OutputStream.nullOutputStream());
    }
    seen.put(file, now);
  }

  /** Takes a file for verified, as one is whose content was checked while it was written. */
  public void trust(Path file) throws IOException {
    seen.put(file, Seen.of(file));
  }
}
