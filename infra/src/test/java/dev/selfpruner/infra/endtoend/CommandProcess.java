package dev.selfpruner.infra.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.gpu.activity.EvaluationJournal;
import dev.selfpruner.infra.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The command line as people start it: a process of its own, with a home folder of its own. */
final class CommandProcess {
  private static final Duration PATIENCE = Duration.ofMinutes(8);

  private final Path home;
  private final Process process;
  private final Path output;
  private final Path errors;

  private CommandProcess(Path home, Process process, Path output, Path errors) {
    this.home = home;
    this.process = process;
    this.output = output;
    this.errors = errors;
  }

  /** Starts a command with {@code environment} beside the inherited one. */
  static CommandProcess start(Path home, Map<String, String> environment, List<String> arguments)
      throws IOException {
    Files.createDirectories(home);
    Path output = Files.createTempFile(home.getParent(), "output", ".txt");
    Path errors = Files.createTempFile(home.getParent(), "errors", ".txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
    builder.environment().put("SELFPRUNER_HOME", home.toString());
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().putAll(environment);
    return new CommandProcess(home, builder.start(), output, errors);
  }

  /** Waits for the end, and returns the JSON line that the command printed last. */
  JsonNode result() throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("no end after " + PATIENCE + "; " + said());
    }
    if (process.exitValue() != 0) {
      throw new AssertionError("exit status " + process.exitValue() + "; " + said());
    }
    List<String> lines = Files.readAllLines(output, UTF_8);
    return Json.mapper().readTree(lines.get(lines.size() - 1));
  }

  /** Waits until the journal in the home folder has {@code count} finished evaluations. */
  void awaitFinishedEvaluations(int count) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (journal(home).stream()
            .filter(line -> line.event() == EvaluationJournal.Event.END)
            .count()
        < count) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new AssertionError("never " + count + " finished evaluations; " + said());
      }
      Thread.sleep(20);
    }
  }

  /** SIGKILL for the command and all that it started. */
  void kill() throws InterruptedException {
    List<ProcessHandle> all =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    process.waitFor();
  }

  /** SIGKILL for the command alone; what it started lives on. */
  void killAlone() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  static List<EvaluationJournal.Line> journal(Path home) throws IOException {
    Path file = home.resolve("journal.jsonl");
    return Files.exists(file)
        ? Files.readAllLines(file).stream()
            .map(line -> Json.read(line, EvaluationJournal.Line.class))
            .toList()
        : List.of();
  }

  private String said() throws IOException {
    return "it said:\n" + Files.readString(errors) + Files.readString(output);
  }
}
