package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.artifact.StoreUnavailableException.Reason;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.time.Duration;
import java.util.Optional;

/**
 * A store in a directory of one machine, or of a shared POSIX file system. A process that dies at
 * any moment leaves at most a file under {@code temporary/}, which later opens remove.
 */
final class DirectoryArtifactStore implements ArtifactStore {
  private final Path root;
  private final Path temporary;

  /** Made with the store, so that its absence tells a directory that something is mounted on. */
  private final Path blobs;

  private final Reuse reuse;

  private DirectoryArtifactStore(Path root, Duration refresh) {
    this.root = root;
    this.temporary = root.resolve(StoreLayout.TEMPORARY);
    this.blobs = root.resolve(StoreLayout.BLOBS);
    this.reuse = new Reuse(new DirectoryShelf(root), refresh);
  }

  /**
   * Opens the store in {@code root}, which is created if it isn't there.
   *
   * @throws IOException if the directory can't be written, or its file system has no hard links
   */
  static DirectoryArtifactStore open(Path root) throws IOException {
    return open(root, Reuse.REFRESH);
  }

  /**
   * Opens a store.
   *
   * @param refresh age from which what is found is marked as used
   */
  static DirectoryArtifactStore open(Path root, Duration refresh) throws IOException {
    DirectoryArtifactStore store =
        new DirectoryArtifactStore(root.toAbsolutePath().normalize(), refresh);
    try {
      DurableFiles.createDirectories(store.blobs);
      DurableFiles.createDirectories(store.temporary);
      TemporaryFile.sweepAbandoned(store.temporary);
      store.requireHardLinks();
    } catch (UnsupportedOperationException | FileSystemException e) {
      throw new IOException(
          "cannot keep artifacts in %s: it has to be a writable directory on a file system with hard links (%s) - name another directory, or an S3 bucket"
              .formatted(root, e),
          e);
    }
    return store;
  }

  @Override
  public ArtifactRef put(byte[] content) throws IOException {
    ArtifactRef ref = ref(Digests.sha256(content), content.length);
    if (!isIntact(ref)) {
      try (TemporaryFile file = temporaryFile()) {
        file.write(content);
        store(file, ref);
      }
    }
    return ref;
  }

  @Override
  public ArtifactRef put(Path source) throws IOException {
    try (TemporaryFile file = temporaryFile()) {
      long bytes;
      DigestInputStream in =
          new DigestInputStream(Files.newInputStream(source), Digests.newSha256());
      try (in;
          OutputStream out = file.output()) {
        bytes = in.transferTo(out);
      }
      ArtifactRef ref = ref(Digests.hex(in.getMessageDigest().digest()), bytes);
      if (!isIntact(ref)) {
        store(file, ref);
      }
      return ref;
    }
  }

  @Override
  public boolean has(ArtifactRef ref) throws IOException {
    Path blob = blob(ref);
    requireNoLink(blob);
    try {
      return Files.size(blob) == ref.bytes();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public InputStream open(ArtifactRef ref) throws IOException {
    Path blob = blob(ref);
    requireNoLink(blob);
    try {
      return new VerifyingInputStream(Files.newInputStream(blob), ref(ref.sha256(), ref.bytes()));
    } catch (NoSuchFileException e) {
      throw notFound(ref);
    }
  }

  @Override
  public Path file(ArtifactRef ref, Path folder) throws IOException {
    Path blob = blob(ref);
    requireNoLink(blob);
    if (!Files.exists(blob)) {
      throw notFound(ref);
    }
    return blob;
  }

  @Override
  public Optional<Path> directory() {
    return Optional.of(root);
  }

  @Override
  public Optional<ArtifactRef> find(IndexKey key) throws IOException {
    String name = StoreLayout.indexEntry(key);
    Path file = root.resolve(name);
    requireNoLink(file);
    try {
      IndexEntry entry = IndexEntry.parse(Files.readAllBytes(file), key, file.toUri().toString());
      return isClaimed(name) ? Optional.of(ref(entry.sha256(), entry.bytes())) : Optional.empty();
    } catch (NoSuchFileException e) {
      requireThere();
      return Optional.empty();
    }
  }

  @Override
  public ArtifactRef index(IndexKey key, ArtifactRef ref) throws IOException {
    if (!Files.exists(blob(ref))) {
      throw notFound(ref);
    }
    Path entry = root.resolve(StoreLayout.indexEntry(key));
    DurableFiles.createDirectories(entry.getParent());
    try (TemporaryFile file = temporaryFile()) {
      file.write(IndexEntry.of(key, ref).json());
      if (file.linkTo(entry)) {
        return ref(ref.sha256(), ref.bytes());
      }
    }
    return find(key)
        .orElseThrow(() -> new IOException("index entry " + entry + " was deleted meanwhile"));
  }

  @Override
  public ArtifactRef replace(IndexKey key, ArtifactRef lost, ArtifactRef ref) throws IOException {
    ArtifactRef held = index(key, ref);
    if (!held.sha256().equals(lost.sha256()) || held.sha256().equals(ref.sha256())) {
      return held;
    }
    try (TemporaryFile file = temporaryFile()) {
      file.write(IndexEntry.of(key, ref).json());
      file.moveTo(root.resolve(StoreLayout.indexEntry(key)));
    }
    return ref(ref.sha256(), ref.bytes());
  }

  /** Nothing is held open between calls. */
  @Override
  public void close() {}

  @Override
  public String toString() {
    return "artifact store in " + root;
  }

  private void store(TemporaryFile file, ArtifactRef ref) throws IOException {
    Path blob = blob(ref);
    DurableFiles.createDirectories(blob.getParent());
    file.moveTo(blob);
  }

  /**
   * Whether the blob is there, whole and durable. A damaged one is not, and is replaced by whoever
   * stores its content again.
   */
  private boolean isIntact(ArtifactRef ref) throws IOException {
    Path blob = blob(ref);
    if (!Files.exists(blob) || !isClaimed(StoreLayout.blob(ref.sha256()))) {
      return false;
    }
    try (InputStream content = open(ref)) {
      content.transferTo(OutputStream.nullOutputStream());
    } catch (FileNotFoundException | CorruptArtifactException e) {
      return false;
    }
    DurableFiles.syncDirectory(blob.getParent());
    return true;
  }

  /** The store makes none: who did may have wanted it to lead elsewhere. */
  private static void requireNoLink(Path file) throws CorruptArtifactException {
    if (Files.isSymbolicLink(file)) {
      throw new CorruptArtifactException(
          "%s is a symbolic link, which no store makes: delete it and run again".formatted(file));
    }
  }

  private boolean isClaimed(String name) throws IOException {
    try {
      return reuse.claim(name, Files.getLastModifiedTime(root.resolve(name)).toInstant());
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private Path blob(ArtifactRef ref) {
    return root.resolve(StoreLayout.blob(ref.sha256()));
  }

  private ArtifactRef ref(String sha256, long bytes) {
    Path blob = root.resolve(StoreLayout.blob(sha256));
    return new ArtifactRef(blob.toUri().toString(), sha256, bytes);
  }

  /** That the blob is missing, unless the whole store is. */
  private MissingArtifactException notFound(ArtifactRef ref) throws StoreUnavailableException {
    requireThere();
    return new MissingArtifactException(ref, toString());
  }

  /**
   * A file that isn't there says something while the store is. Nothing is made where it was: that
   * would be hidden once its file system is mounted again.
   */
  private void requireThere() throws StoreUnavailableException {
    if (!Files.isDirectory(blobs)) {
      throw new StoreUnavailableException(
          "cannot find the " + this, Reason.NOT_THERE, blobs + " is no directory");
    }
  }

  /** In its folder, which others than us may have removed while it was empty. */
  private TemporaryFile temporaryFile() throws IOException {
    requireThere();
    DurableFiles.createDirectories(temporary);
    return TemporaryFile.in(temporary);
  }

  private void requireHardLinks() throws IOException {
    try (TemporaryFile file = TemporaryFile.in(temporary);
        TemporaryFile link = TemporaryFile.in(temporary)) {
      file.write(new byte[0]);
      link.linkFrom(file);
    }
  }
}
