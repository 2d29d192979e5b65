package dev.selfpruner.gpu.activity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.selfpruner.activities.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What a worker began and ended, one JSON line each, on the disk before the work goes on. An end is
 * written only after the result is in the store, so a start that follows an end of the same key
 * would be an evaluation paid for twice: that this never happens can be counted.
 */
public final class EvaluationJournal implements AutoCloseable {
  private final FileChannel channel;

  /** What happened to an evaluation. */
  public enum Event {
    START,
    END
  }

  /**
   * One line.
   *
   * @param event what happened
   * @param key digest of the evaluation's key
   * @param time when, in ISO 8601
   * @param process the worker's process id
   */
  public record Line(Event event, String key, String time, long process) {}

  private EvaluationJournal(FileChannel channel) {
    this.channel = channel;
  }

  /** Opens a journal to append to; several processes may append to the same file. */
  public static EvaluationJournal open(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    return new EvaluationJournal(FileChannel.open(file, CREATE, WRITE, APPEND));
  }

  void append(Event event, String key) {
    Line line = new Line(event, key, Instant.now().toString(), ProcessHandle.current().pid());
    ByteBuffer bytes = ByteBuffer.wrap((Json.write(line) + "\n").getBytes(UTF_8));
    try {
      synchronized (channel) {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(false);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the evaluation journal: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
