package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.GivenConnection;
import dev.selfpruner.infra.embedded.TemporalChoice;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which Temporal server to use. */
final class TemporalOptions extends ConnectionOptions {
  static final String CHOICE_VARIABLE = "SELFPRUNER_TEMPORAL";
  static final String CLI_VARIABLE = "SELFPRUNER_TEMPORAL_CLI";
  private static final String AUTOMATIC = "auto";
  private static final String TEST_SERVER = "test-server";

  @Option(
      names = "--temporal-cli",
      paramLabel = "FILE",
      description =
          "Temporal's CLI, to start a development server with (default: SELFPRUNER_TEMPORAL_CLI, else 'temporal' on the PATH, else a download).")
  private Path executable;

  @Option(
      names = "--temporal",
      paramLabel = "KIND",
      description =
          "auto (default), or test-server: a server inside this process, with neither a web interface nor a memory (default: SELFPRUNER_TEMPORAL).")
  private String kind;

  /** Whether the server is one that others run. */
  boolean isRemote(Map<String, String> environment) {
    return choice(environment) instanceof TemporalChoice.Remote;
  }

  /**
   * Reads the options alone.
   *
   * @throws UserError if they contradict each other
   */
  void check() {
    if (kind != null && !kind.equals(AUTOMATIC) && !kind.equals(TEST_SERVER)) {
      throw new UserError(
          "--temporal is '%s' or '%s', not '%s'".formatted(AUTOMATIC, TEST_SERVER, kind));
    }
    int named =
        (given().namesServer() ? 1 : 0)
            + (executable == null ? 0 : 1)
            + (TEST_SERVER.equals(kind) ? 1 : 0);
    if (named > 1) {
      throw new UserError(
          "--temporal-address (or --temporal-profile, --temporal-config), --temporal-cli and --temporal test-server each name a server: give one of them");
    }
  }

  /**
   * Reads the options, then the environment.
   *
   * @throws UserError if they contradict each other, or say how to reach a server in a way that
   *     can't be
   */
  TemporalChoice choice(Map<String, String> environment) {
    check();
    if (given().namesServer()) {
      return new TemporalChoice.Remote(connection(environment));
    }
    if (executable != null) {
      return new TemporalChoice.Executable(executable);
    }
    if (TEST_SERVER.equals(kind)) {
      return new TemporalChoice.InJvm();
    }
    return kind == null ? fromEnvironment(environment) : new TemporalChoice.Automatic();
  }

  private TemporalChoice fromEnvironment(Map<String, String> environment) {
    String kind = environment.getOrDefault(CHOICE_VARIABLE, "");
    if (kind.equals(TEST_SERVER)) {
      return new TemporalChoice.InJvm();
    }
    if (!kind.isEmpty() && !kind.equals(AUTOMATIC)) {
      throw new UserError(
          "%s is '%s' or '%s', not '%s'".formatted(CHOICE_VARIABLE, AUTOMATIC, TEST_SERVER, kind));
    }
    if (GivenConnection.isServerNamedIn(environment)) {
      return new TemporalChoice.Remote(connection(environment));
    }
    String cli = environment.getOrDefault(CLI_VARIABLE, "");
    return cli.isBlank()
        ? new TemporalChoice.Automatic()
        : new TemporalChoice.Executable(Path.of(cli));
  }
}
