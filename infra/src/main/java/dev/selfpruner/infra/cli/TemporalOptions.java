package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.TemporalChoice;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which Temporal server to use. */
final class TemporalOptions {
  static final String CHOICE_VARIABLE = "SELFPRUNER_TEMPORAL";
  static final String CLI_VARIABLE = "SELFPRUNER_TEMPORAL_CLI";
  private static final String AUTOMATIC = "auto";
  private static final String TEST_SERVER = "test-server";

  @Option(
      names = "--temporal-address",
      paramLabel = "HOST:PORT",
      description = "A Temporal server that is running already.")
  private String address;

  @Option(
      names = "--temporal-namespace",
      paramLabel = "NAME",
      description = "Namespace on that server (default: ${DEFAULT-VALUE}).")
  private String namespace = "default";

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

  boolean isRemote() {
    return address != null;
  }

  /**
   * Reads the options, then the environment.
   *
   * @throws UserError if they contradict each other
   */
  TemporalChoice choice(Map<String, String> environment) {
    if (kind != null && !kind.equals(AUTOMATIC) && !kind.equals(TEST_SERVER)) {
      throw new UserError(
          "--temporal is '%s' or '%s', not '%s'".formatted(AUTOMATIC, TEST_SERVER, kind));
    }
    int named =
        (address == null ? 0 : 1)
            + (executable == null ? 0 : 1)
            + (TEST_SERVER.equals(kind) ? 1 : 0);
    if (named > 1) {
      throw new UserError(
          "--temporal-address, --temporal-cli and --temporal test-server each name a server: give one of them");
    }
    if (address != null) {
      return new TemporalChoice.Remote(address, namespace);
    }
    if (executable != null) {
      return new TemporalChoice.Executable(executable);
    }
    if (TEST_SERVER.equals(kind)) {
      return new TemporalChoice.InJvm();
    }
    return kind == null ? fromEnvironment(environment) : new TemporalChoice.Automatic();
  }

  private static TemporalChoice fromEnvironment(Map<String, String> environment) {
    String kind = environment.getOrDefault(CHOICE_VARIABLE, "");
    if (kind.equals(TEST_SERVER)) {
      return new TemporalChoice.InJvm();
    }
    if (!kind.isEmpty() && !kind.equals(AUTOMATIC)) {
      throw new UserError(
          "%s is '%s' or '%s', not '%s'".formatted(CHOICE_VARIABLE, AUTOMATIC, TEST_SERVER, kind));
    }
    String cli = environment.getOrDefault(CLI_VARIABLE, "");
    return cli.isBlank()
        ? new TemporalChoice.Automatic()
        : new TemporalChoice.Executable(Path.of(cli));
  }
}
