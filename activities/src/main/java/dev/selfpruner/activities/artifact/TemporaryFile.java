package dev.selfpruner.activities.artifact;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A file that nobody reads until it is whole: written under a name of its own, synced, and only
 * then given its final name. Closing removes what was not moved.
 */
final class TemporaryFile implements AutoCloseable {
  private static final String PREFIX = ".selfpruner-";
  private static final String SUFFIX = ".tmp";

  /** Far longer than any pause between two writes to one file. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final Path path;

  private TemporaryFile(Path path) {
    this.path = path;
  }

  /** A new file in {@code directory}, which has to be on the file system of its final place. */
  static TemporaryFile in(Path directory) {
    return new TemporaryFile(directory.resolve(PREFIX + UUID.randomUUID() + SUFFIX));
  }

  /** Whether a file has the name of a temporary one. */
  static boolean isOne(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
  }

  /** Removes temporary files that nobody has written to for a day: their writers died. */
  static void sweepAbandoned(Path directory) throws IOException {
    Instant limit = Instant.now().minus(ABANDONED);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*" + SUFFIX)) {
      for (Path file : files) {
        if (isOlderThan(limit, file)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static boolean isOlderThan(Instant limit, Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(limit);
    } catch (NoSuchFileException e) {
      return false; // its writer has just finished, or another process sweeps too
    }
  }

  /** Opens the file for writing, once; closing the stream syncs the content. */
  OutputStream output() throws IOException {
    FileChannel channel = FileChannel.open(path, CREATE_NEW, WRITE);
    return new FilterOutputStream(Channels.newOutputStream(channel)) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        try (channel) {
          if (channel.isOpen()) {
            channel.force(true);
          }
        }
      }
    };
  }

  void write(byte[] content) throws IOException {
    try (OutputStream out = output()) {
      out.write(content);
    }
  }

  /** Gives the file its final name, replacing what was there. */
  void moveTo(Path target) throws IOException {
    Files.move(path, target, ATOMIC_MOVE);
    DurableFiles.syncDirectory(target.toAbsolutePath().getParent());
  }

  /**
   * Gives the file its final name unless the name is taken. A hard link is the one operation that
   * both fails where a file exists and never shows a part of one.
   *
   * @return whether the name was free
   */
  boolean linkTo(Path target) throws IOException {
    boolean created;
    try {
      Files.createLink(target, path);
      created = true;
    } catch (FileAlreadyExistsException e) {
      created = false;
    }
    // also for the loser: it goes on as if the winner's entry were durable
    DurableFiles.syncDirectory(target.toAbsolutePath().getParent());
    return created;
  }

  /** Makes this file another name of {@code other}, which shows whether links are possible. */
  void linkFrom(TemporaryFile other) throws IOException {
    Files.createLink(path, other.path);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path);
  }
}
