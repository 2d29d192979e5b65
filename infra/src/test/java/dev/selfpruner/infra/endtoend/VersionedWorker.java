package dev.selfpruner.infra.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Workers of workflows and proposals in a process of its own, as a version of a deployment.
 *
 * @param cli Temporal's, for what people do with it
 * @param server host and port
 */
record VersionedWorker(CommandProcess process, Path cli, String server) implements AutoCloseable {
  static final String DEPLOYMENT = "pruning";

  private static final Pattern COMMAND =
      Pattern.compile(
          "^ {2}temporal (worker deployment set-current-version .*)$", Pattern.MULTILINE);

  static VersionedWorker start(String buildId, Path folder, int port, Path cli) throws IOException {
    String server = "127.0.0.1:" + port;
    CommandProcess process =
        CommandProcess.start(
            Files.createDirectories(folder.resolve("worker-" + buildId)),
            Map.of("TEMPORAL_DEPLOYMENT_NAME", DEPLOYMENT),
            List.of(
                "worker",
                "llm",
                "workflow",
                "--end-with-stdin",
                "--temporal-address=" + server,
                "--store=" + folder.resolve("store"),
                "--build-id=" + buildId));
    return new VersionedWorker(process, cli, server);
  }

  /** Gives the command that the worker says is to be given. */
  void makeCurrent() throws IOException, InterruptedException {
    Matcher said = COMMAND.matcher("");
    for (int i = 0; i < 2_400 && process.isRunning() && !said.find(); i++) {
      Thread.sleep(50);
      said = COMMAND.matcher(process.errors());
    }
    List<String> command = new ArrayList<>(List.of(said.group(1).split(" ")));
    command.add("--yes");
    String unused = temporal(command);
  }

  /** Gives the command that takes over what is left of a version whose workers are gone. */
  void takeOver(String from, String to, int workflows) throws IOException, InterruptedException {
    String left =
        "ExecutionStatus = 'Running' AND TemporalWorkerDeploymentVersion = '%s:%s'"
            .formatted(DEPLOYMENT, from);
    String counted = "";
    for (int i = 0; i < 300 && !counted.contains("Total: " + workflows); i++) { // lags behind
      counted = temporal(List.of("workflow", "count", "--query", left));
    }
    String unused =
        temporal(
            List.of(
                "workflow",
                "update-options",
                "--query",
                left,
                "--versioning-override-behavior",
                "one_time",
                "--versioning-override-deployment-name",
                DEPLOYMENT,
                "--versioning-override-build-id",
                to,
                "--yes"));
  }

  /** Gives a command to Temporal's CLI; again where the server isn't told of all workers yet. */
  private String temporal(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(cli.toString()));
    command.addAll(arguments);
    String said = "";
    for (int i = 0; i < 100; i++) {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("TEMPORAL_ADDRESS", server);
      Process temporal = builder.start();
      said = new String(temporal.getInputStream().readAllBytes(), UTF_8);
      if (temporal.waitFor() == 0) {
        return said;
      }
      Thread.sleep(100);
    }
    throw new AssertionError(command + ": " + said);
  }

  @Override
  public void close() {
    process.kill();
  }
}
