package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.CorruptArtifactException;
import dev.selfpruner.activities.artifact.VerifiedFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of the store on this machine, to be read or mapped: the store's own where it has them, else
 * copies, in a folder for each kind. Each is checked against its name before this process uses it
 * first. Of each kind those used last stay, within a bound and while the disk has a twentieth of
 * its space left; what is in use stays whatever that takes, and so does the last that was. Workers
 * may share the folders: a file that one has open it can read to its end, though another removes
 * it.
 */
final class LocalCopies {
  private static final Logger LOG = LoggerFactory.getLogger(LocalCopies.class);
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final int DISK_IN_RESERVES = 20;

  /** How much room a disk has. */
  @FunctionalInterface
  interface Disk {
    /** Bytes that a folder's disk has left beside its reserve; negative where it has less. */
    long spare(Path folder) throws IOException;
  }

  private final ArtifactStore store;
  private final Path workDirectory;
  private final long most;
  private final Disk disk;
  private final Map<Path, Integer> uses = new HashMap<>();
  private final VerifiedFiles verified = new VerifiedFiles();

  /**
   * Copies of a store's files.
   *
   * @param workDirectory that the kinds' folders are in
   * @param most bytes of each kind
   */
  LocalCopies(ArtifactStore store, Path workDirectory, long most) {
    this(store, workDirectory, most, LocalCopies::spare);
  }

  LocalCopies(ArtifactStore store, Path workDirectory, long most, Disk disk) {
    this.store = store;
    this.workDirectory = workDirectory;
    this.most = most;
    this.disk = disk;
  }

  /** A file that stays where it is until this is closed. */
  final class Use implements AutoCloseable {
    private final Path path;
    private boolean closed;

    private Use(Path path) {
      this.path = path;
    }

    Path path() {
      return path;
    }

    @Override
    public void close() {
      synchronized (LocalCopies.this) {
        if (!closed) {
          closed = true;
          end(path);
        }
      }
    }
  }

  private record Copy(Path path, long bytes, FileTime used) {}

  /**
   * Opens a file for as long as it is used. A copy that is damaged is made again.
   *
   * @param kind names the folder
   * @throws java.io.FileNotFoundException if the store has no such blob
   * @throws CorruptArtifactException if the store's own file is damaged; it says which one that is
   */
  Use open(String kind, ArtifactRef ref) throws IOException {
    try {
      return intact(kind, ref);
    } catch (NoSuchFileException e) {
      LOG.info("another worker has removed {}: it is looked for again", e.getMessage());
      return intact(kind, ref);
    }
  }

  private Use intact(String kind, ArtifactRef ref) throws IOException {
    try {
      return verified(opened(kind, ref), ref);
    } catch (CorruptArtifactException e) {
      if (!Files.deleteIfExists(copy(kind, ref))) {
        throw e;
      }
      LOG.warn("a copy is made again: {}", e.getMessage());
      return verified(opened(kind, ref), ref);
    }
  }

  private Use verified(Use use, ArtifactRef ref) throws IOException {
    try {
      verified.require(use.path(), ref); // while others open theirs
      if (!Files.exists(use.path())) { // it was read to its end, and has no name any more
        throw new NoSuchFileException(use.path().toString());
      }
      return use;
    } catch (IOException | RuntimeException e) {
      use.close();
      throw e;
    }
  }

  private synchronized Use opened(String kind, ArtifactRef ref) throws IOException {
    Path copy = copy(kind, ref);
    boolean there = Files.exists(copy);
    if (!there) {
      makeRoom(copy.getParent(), ref.bytes());
    }
    Path file = store.file(ref, copy.getParent());
    if (file.equals(copy)) {
      if (!there) {
        verified.trust(copy);
      }
      Files.setLastModifiedTime(copy, FileTime.from(Instant.now()));
      uses.merge(copy, 1, Integer::sum);
    }
    return new Use(file);
  }

  private Path copy(String kind, ArtifactRef ref) {
    return workDirectory.resolve(kind).resolve(ref.sha256());
  }

  /**
   * A file with a blob's content: the store's own where it has one, else a copy in {@code folder},
   * which is the caller's.
   *
   * @throws java.io.FileNotFoundException if the store has no such blob
   * @throws CorruptArtifactException if the store's own file is damaged; it says which one that is
   */
  Path file(ArtifactRef ref, Path folder) throws IOException {
    Path file = store.file(ref, folder);
    if (store.directory().isPresent()) { // else a copy, checked as it was made
      verified.require(file, ref);
    }
    return file;
  }

  /** Takes a blob for intact that was put into the store just now, which has read all of it. */
  void trust(ArtifactRef ref) throws IOException {
    if (store.directory().isPresent()) {
      verified.trust(store.file(ref, workDirectory));
    }
  }

  /**
   * Whether the store has a blob that can be used. Where it lies in a directory, that says its
   * content; elsewhere its length, as no copy is made of wrong content.
   */
  boolean isIntact(ArtifactRef ref) throws IOException {
    if (!store.has(ref)) {
      LOG.warn("{} is missing, or of another length: it can't be used", ref.uri());
      return false;
    }
    if (store.directory().isEmpty()) {
      return true;
    }
    try {
      Path unused = file(ref, workDirectory);
      return true;
    } catch (FileNotFoundException | NoSuchFileException | CorruptArtifactException e) {
      LOG.warn("a file of the store can't be used: {}", e.getMessage());
      return false;
    }
  }

  private void end(Path path) {
    if (!uses.containsKey(path)) {
      return; // the store's own
    }
    if (uses.merge(path, -1, Integer::sum) == 0) {
      uses.remove(path);
      try {
        makeRoom(path.getParent(), 0);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot remove copies of the store's files", e);
      }
    }
  }

  private void makeRoom(Path folder, long wanted) throws IOException {
    List<Copy> copies = copies(folder);
    if (copies.isEmpty()) {
      return;
    }
    copies.sort(Comparator.comparing(Copy::used));
    long held = copies.stream().mapToLong(Copy::bytes).sum();
    long room = Math.min(most, held + disk.spare(folder)) - wanted;
    // The last that was used is likely to be the next.
    int removable = wanted > 0 ? copies.size() : copies.size() - 1;
    for (Copy copy : copies.subList(0, removable)) {
      if (held <= room) {
        return;
      }
      if (!uses.containsKey(copy.path())) {
        Files.deleteIfExists(copy.path());
        held -= copy.bytes();
      }
    }
  }

  private static long spare(Path folder) throws IOException {
    FileStore disk = Files.getFileStore(folder);
    return disk.getUsableSpace() - disk.getTotalSpace() / DISK_IN_RESERVES;
  }

  private static List<Copy> copies(Path folder) throws IOException {
    List<Copy> copies = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          if (DIGEST.matcher(file.getFileName().toString()).matches()) {
            copy(file).ifPresent(copies::add);
          }
        }
      }
    }
    return copies;
  }

  private static Optional<Copy> copy(Path file) throws IOException {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(new Copy(file, found.size(), found.lastModifiedTime()));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // another worker was faster
    }
  }
}
