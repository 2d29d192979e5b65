package dev.selfpruner.infra.doctor;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.Connection;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.SearchPath;
import dev.selfpruner.infra.embedded.TemporalChoice;
import dev.selfpruner.infra.embedded.TemporalCli;
import dev.selfpruner.infra.embedded.TemporalServer;
import dev.selfpruner.infra.embedded.TemporalServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether the Temporal server that commands would use is there; none is started. */
final class TemporalChecks {
  private static final String CHECK = "temporal";
  private static final Duration VERSION_LIMIT = Duration.ofSeconds(10);

  private TemporalChecks() {}

  static List<Finding> look(TemporalChoice choice, Map<String, String> environment, Path folder) {
    if (choice instanceof TemporalChoice.Remote remote) {
      return List.of(remote(remote, folder));
    }
    if (choice instanceof TemporalChoice.Executable named) {
      return List.of(executable(named.path(), environment));
    }
    if (choice instanceof TemporalChoice.InJvm) {
      return List.of(
          Finding.note(
              CHECK,
              "the server inside the process, as asked for: no web interface, no memory",
              "leave out --temporal test-server and SELFPRUNER_TEMPORAL for one that outlives a command"));
    }
    Optional<Path> found = TemporalCli.find(new Home(folder), SearchPath.of(environment));
    return List.of(
        found.isPresent()
            ? executable(found.get(), environment)
            : Finding.note(
                CHECK,
                "no CLI on the PATH: a command downloads it (60 MB, once), or uses the server inside its process, which forgets",
                "install Temporal's CLI, or name it with --temporal-cli or SELFPRUNER_TEMPORAL_CLI"));
  }

  private static Finding remote(TemporalChoice.Remote remote, Path folder) {
    try (TemporalServer server = new TemporalServers(new Home(folder), note -> {}).open(remote)) {
      Connection connection = remote.connection();
      String found =
          "%s answers, namespace %s; %s"
              .formatted(server.description(), server.namespace(), connection.describeSources());
      return connection.trustsAnyone()
          ? Finding.note(
              CHECK,
              found + "; its certificate is not checked",
              "name the server's certificate authority in TEMPORAL_TLS_SERVER_CA_CERT_PATH, and unset TEMPORAL_TLS_DISABLE_HOST_VERIFICATION")
          : Finding.ok(CHECK, found);
    } catch (UserError e) {
      return Finding.problem(
          CHECK,
          String.valueOf(e.getMessage()),
          "where nothing names a server (--temporal-address, TEMPORAL_ADDRESS, a profile), a command starts one of its own");
    }
  }

  private static Finding executable(Path program, Map<String, String> environment) {
    String advice =
        "correct --temporal-cli, SELFPRUNER_TEMPORAL_CLI or the PATH, or use --temporal test-server";
    if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
      return Finding.problem(CHECK, "no program at %s".formatted(program.toAbsolutePath()), advice);
    }
    Path path = program.toAbsolutePath();
    try {
      Program.Outcome version =
          Program.run(List.of(path.toString(), "--version"), environment, VERSION_LIMIT);
      String said = version.lastWords();
      return version.status() == 0 && said.startsWith("temporal version")
          ? Finding.ok(CHECK, "%s, %s".formatted(path, said))
          : Finding.problem(
              CHECK,
              "%s --version ends with status %d: %s".formatted(path, version.status(), said),
              advice);
    } catch (IOException e) {
      return Finding.problem(CHECK, String.valueOf(e.getMessage()), advice);
    }
  }
}
