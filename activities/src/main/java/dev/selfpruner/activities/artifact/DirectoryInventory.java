package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.artifact.Reuse.Stamped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What lies in the directory of a {@link DirectoryArtifactStore}: a file's date says when it was
 * used.
 */
record DirectoryInventory(Path root) implements Inventory {
  @Override
  public List<StoredObject> list(String folder) throws IOException {
    Map<String, Instant> marks = marks(folder);
    return listed(folder).stream().map(object -> object.markedIn(marks)).toList();
  }

  /** Times of the marks of what lies in a folder, by name. */
  private Map<String, Instant> marks(String folder) throws IOException {
    return StoredObject.marks(listed(StoreLayout.mark(folder)));
  }

  private List<StoredObject> listed(String folder) throws IOException {
    Path start = root.resolve(folder);
    if (!Files.isDirectory(start)) {
      return List.of();
    }
    List<StoredObject> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(start)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        stored(file).ifPresent(found::add);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return found;
  }

  private Optional<StoredObject> stored(Path file) throws IOException {
    try {
      return Optional.of(
          new StoredObject(
              root.relativize(file).toString().replace('\\', '/'),
              Files.size(file),
              Files.getLastModifiedTime(file).toInstant()));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // a temporary file whose writer has just finished
    }
  }

  @Override
  public Map<String, Instant> used(Collection<String> names) throws IOException {
    Map<String, Instant> marks = marks("");
    Map<String, Instant> used = new TreeMap<>();
    for (String name : names) {
      stored(root.resolve(name)).ifPresent(object -> used.put(name, object.markedIn(marks).used()));
    }
    return used;
  }

  @Override
  public Optional<InputStream> open(String name) throws IOException {
    try {
      return Optional.of(Files.newInputStream(root.resolve(name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<Stamped> readStamped(String name) throws IOException {
    return new DirectoryShelf(root).readStamped(name);
  }

  @Override
  public boolean write(String name, byte[] content, boolean replace) throws IOException {
    try (TemporaryFile file = TemporaryFile.in(root.resolve(StoreLayout.TEMPORARY))) {
      file.write(content);
      if (!replace) {
        return file.linkTo(root.resolve(name));
      }
      file.moveTo(root.resolve(name));
      return true;
    }
  }

  /** Durably: an entry that came back after a loss of power would name a blob that did not. */
  @Override
  public void delete(Collection<String> names) throws IOException {
    Set<Path> folders = new LinkedHashSet<>();
    for (String name : names) {
      Path file = root.resolve(name);
      Files.deleteIfExists(file);
      folders.add(file.getParent());
    }
    for (Path folder : folders) {
      DurableFiles.syncDirectory(folder);
    }
  }

  @Override
  public List<UnfinishedUpload> unfinished() throws IOException {
    return listed(StoreLayout.TEMPORARY).stream()
        .filter(file -> TemporaryFile.isOne(Path.of(file.name())))
        .map(file -> new UnfinishedUpload(file.name(), "", file.bytes(), file.used()))
        .toList();
  }

  @Override
  public void abort(UnfinishedUpload upload) throws IOException {
    Files.deleteIfExists(root.resolve(upload.name()));
  }

  @Override
  public List<String> markedBefore(Instant time) throws IOException {
    return StoredObject.before(time, marks(""));
  }

  @Override
  public String toString() {
    return "artifact store in " + root;
  }

  /** Nothing is held open between calls. */
  @Override
  public void close() {}
}
