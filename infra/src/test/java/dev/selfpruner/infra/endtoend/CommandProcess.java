package dev.selfpruner.infra.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A command of the program in a process of its own, with a home folder of the test's. */
final class CommandProcess {
  private static final long LONGEST_SECONDS = 900;

  private final Process process;
  private final Path out;
  private final Path err;

  private CommandProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts a command.
   *
   * @param home its home folder, which exists
   * @param environment on top of this process's
   */
  static CommandProcess start(Path home, Map<String, String> environment, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-Dai.djl.pytorch.num_threads=1",
            "-Duser.language=de", // writes numbers otherwise: the program doesn't
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(arguments);
    String name = UUID.randomUUID().toString();
    Path out = home.resolveSibling(name + ".out");
    Path err = home.resolveSibling(name + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("SELFPRUNER_HOME", home.toString());
    builder.environment().put("OMP_NUM_THREADS", "1");
    return new CommandProcess(builder.start(), out, err);
  }

  /** Waits for the command's success and returns what it printed. */
  String text() throws IOException, InterruptedException {
    assertThat(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)).as(errors()).isTrue();
    assertThat(process.exitValue()).as(errors()).isZero();
    return Files.readString(out, UTF_8);
  }

  /** Waits for the command's success and returns the line of JSON that it printed. */
  JsonNode result() throws IOException, InterruptedException {
    String line = text();
    assertThat(line).as("standard output").hasLineCount(1);
    return Json.read(line, JsonNode.class);
  }

  /** Waits for its failure and returns what it wrote to standard error. */
  String failure() throws IOException, InterruptedException {
    assertThat(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)).as(errors()).isTrue();
    assertThat(process.exitValue()).as(errors()).isNotZero();
    return errors();
  }

  /** What it wrote to standard error so far. */
  String errors() throws IOException {
    return Files.readString(err, UTF_8);
  }

  /** What it wrote to standard output so far. */
  String output() throws IOException {
    return Files.readString(out, UTF_8);
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** The process that computes for it; not by its arguments, which are too long to be seen. */
  ProcessHandle gpuWorker() {
    return gpuWorkers().findFirst().orElseThrow();
  }

  /** Whether that process is there by now. */
  boolean hasGpuWorker() {
    return gpuWorkers().findFirst().isPresent();
  }

  private Stream<ProcessHandle> gpuWorkers() {
    return process
        .children()
        .filter(child -> child.info().command().filter(path -> path.endsWith("java")).isPresent());
  }

  /** As {@code kill} does, with the patience of one who waits for it. */
  void terminate() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ends in time").isTrue();
  }

  /** As {@code kill -9} does. */
  void kill() {
    var unused = process.destroyForcibly().onExit().join();
  }
}
