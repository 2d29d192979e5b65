package dev.selfpruner.infra.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Another program, run to its end or to a limit. */
final class Program {
  private static final int LONGEST_OUTPUT = 1 << 16;

  private Program() {}

  /**
   * What it did.
   *
   * @param status its exit status
   * @param out the beginning of its standard output
   * @param err the beginning of its standard error
   */
  record Outcome(int status, String out, String err) {

    /** The last thing it said, most likely why it failed. */
    String lastWords() {
      return lastLine(out + "\n" + err);
    }

    /** The last line of its standard output. */
    String lastLineOut() {
      return lastLine(out);
    }

    private static String lastLine(String text) {
      return text.lines()
          .filter(line -> !line.isBlank())
          .reduce((first, last) -> last)
          .map(String::strip)
          .orElse("it said nothing");
    }
  }

  /**
   * Runs a program with nothing to read. Its output goes through files: a child that it leaves
   * behind would keep a pipe open.
   *
   * @param environment all of its environment
   * @throws IOException if it cannot be started, or does not end within {@code limit}
   */
  static Outcome run(List<String> command, Map<String, String> environment, Duration limit)
      throws IOException {
    Path folder = Files.createTempDirectory("selfpruner-doctor");
    try {
      return run(command, environment, limit, folder);
    } finally {
      for (File file : folder.toFile().listFiles()) {
        Files.deleteIfExists(file.toPath());
      }
      Files.deleteIfExists(folder);
    }
  }

  private static Outcome run(
      List<String> command, Map<String, String> environment, Duration limit, Path folder)
      throws IOException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(
            "%s does not end within %d s".formatted(command.get(0), limit.toSeconds()));
      }
      return new Outcome(process.exitValue(), beginning(out), beginning(err));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while %s was running".formatted(command.get(0)), e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String beginning(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LONGEST_OUTPUT), UTF_8);
    }
  }
}
