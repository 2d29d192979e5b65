package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.artifact.Reuse.Shelf;
import dev.selfpruner.activities.artifact.Reuse.Stamped;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/**
 * Marks of use in a directory: a file's own date, which only its owner may set, else a file beside
 * it, as in a bucket.
 */
record DirectoryShelf(Path root) implements Shelf {
  @Override
  public boolean mark(String name) throws IOException {
    try {
      Files.setLastModifiedTime(root.resolve(name), FileTime.from(Instant.now()));
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (FileSystemException e) {
      markBeside(name);
      return true;
    }
  }

  void markBeside(String name) throws IOException {
    Path mark = root.resolve(StoreLayout.mark(name));
    Path temporary = root.resolve(StoreLayout.TEMPORARY);
    DurableFiles.createDirectories(mark.getParent());
    DurableFiles.createDirectories(temporary); // without it, what is marked would seem to be gone
    try (TemporaryFile file = TemporaryFile.in(temporary)) {
      file.write(new byte[0]);
      file.moveTo(mark);
    }
  }

  @Override
  public boolean exists(String name) {
    return Files.exists(root.resolve(name));
  }

  @Override
  public Optional<Stamped> readStamped(String name) throws IOException {
    Path file = root.resolve(name);
    try {
      Instant written = Files.getLastModifiedTime(file).toInstant();
      return Optional.of(new Stamped(Files.readString(file), written));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public String uriOf(String name) {
    return root.resolve(name).toUri().toString();
  }
}
