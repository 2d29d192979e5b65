package dev.selfpruner.activities.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where everything over a few kilobytes goes: content-addressed blobs, and an index from keys to
 * blobs. Both are written whole or not at all, and an index entry once written never changes, so a
 * retried or concurrent activity can neither corrupt nor duplicate. Safe for use by many threads
 * and many processes.
 *
 * <p>Failures that may pass (network, full disk) are {@link IOException}; content whose digest does
 * not match its name is a {@link CorruptArtifactException}.
 */
public interface ArtifactStore extends AutoCloseable {

  /**
   * Stores {@code content} under its digest; storing the same content again changes nothing, unless
   * the blob is damaged, which it then replaces.
   */
  ArtifactRef put(byte[] content) throws IOException;

  /** Stores a file's content under its digest, without holding it in memory. */
  ArtifactRef put(Path file) throws IOException;

  /** Whether a blob is there, in its length; what it contains isn't looked at. */
  boolean has(ArtifactRef ref) throws IOException;

  /**
   * Opens a blob for streaming; reading to the end checks its length and digest. The blob is found
   * by its digest: a reference stays good when the store is moved.
   *
   * @throws MissingArtifactException if the store has no such blob
   */
  InputStream open(ArtifactRef ref) throws IOException;

  /**
   * Reads a whole blob into memory and checks its digest.
   *
   * @throws MissingArtifactException if the store has no such blob
   */
  default byte[] read(ArtifactRef ref) throws IOException {
    try (InputStream content = open(ref)) {
      return content.readAllBytes();
    }
  }

  /**
   * Writes a blob to {@code target}, whole or not at all, replacing what was there and creating the
   * folders above it.
   *
   * @throws MissingArtifactException if the store has no such blob
   */
  default void copyTo(ArtifactRef ref, Path target) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    DurableFiles.createDirectories(folder);
    TemporaryFile.sweepAbandoned(folder);
    try (InputStream content = open(ref);
        TemporaryFile copy = TemporaryFile.in(folder)) {
      try (OutputStream out = copy.output()) {
        content.transferTo(out);
      }
      copy.moveTo(target);
    }
  }

  /**
   * A file with a blob's content, to be read or mapped and never changed: the store's own where it
   * has one, else a copy in {@code folder}, which is made if it isn't there. The content of a file
   * that was there isn't looked at: see {@link VerifiedFiles}.
   *
   * @throws MissingArtifactException if the store has no such blob
   */
  default Path file(ArtifactRef ref, Path folder) throws IOException {
    Path copy = folder.resolve(ref.sha256());
    if (!Files.exists(copy)) {
      copyTo(ref, copy);
    }
    return copy;
  }

  /** The directory of this machine that everything lies in; empty where it lies elsewhere. */
  default Optional<Path> directory() {
    return Optional.empty();
  }

  /**
   * Finds what was indexed under {@code key}.
   *
   * @throws CorruptArtifactException if the entry found was written for another key
   */
  Optional<ArtifactRef> find(IndexKey key) throws IOException;

  /**
   * Reads what was indexed under {@code key}.
   *
   * @throws CorruptArtifactException if the entry found was written for another key, or what it
   *     leads to is damaged or gone: no other store has it, since this one's index says it was here
   */
  default Optional<byte[]> readIndexed(IndexKey key) throws IOException {
    Optional<ArtifactRef> ref = find(key);
    if (ref.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(ref.get()));
    } catch (MissingArtifactException e) {
      throw new CorruptArtifactException(
          "the entry %s leads to %s, which is gone - delete the entry and run again, what made it is then repeated"
              .formatted(StoreLayout.indexEntry(key), ref.get().uri()),
          e);
    }
  }

  /**
   * Indexes {@code ref} under {@code key} unless an entry exists already.
   *
   * @return the reference that the index holds from now on: {@code ref}, or an earlier writer's
   * @throws MissingArtifactException if the store has no such blob: put it first
   */
  ArtifactRef index(IndexKey key, ArtifactRef ref) throws IOException;

  /**
   * Indexes {@code ref} in the place of an entry whose blob turned out to be missing or damaged, so
   * that what was derived can be made again. Of two that do so at once, either may stay.
   *
   * @param lost what the entry leads to; nothing changes where it leads elsewhere by now
   * @return the reference that the index holds from now on
   * @throws MissingArtifactException if the store has no such blob: put it first
   */
  ArtifactRef replace(IndexKey key, ArtifactRef lost, ArtifactRef ref) throws IOException;

  @Override
  void close();
}
