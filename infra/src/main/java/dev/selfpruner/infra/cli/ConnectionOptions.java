package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.Connection;
import dev.selfpruner.infra.connection.Connections;
import dev.selfpruner.infra.connection.GivenConnection;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** How to reach a Temporal server that others run. */
class ConnectionOptions {
  private static final String PROFILE = "--temporal-profile";
  private static final String FILE = "--temporal-config";

  /** What a worker that a command starts has to be told besides the address and the namespace. */
  static final List<String> FURTHER = List.of(PROFILE, FILE);

  @Option(
      names = "--temporal-address",
      paramLabel = "HOST:PORT",
      description = "A Temporal server that is running already (default: TEMPORAL_ADDRESS).")
  private String address = "";

  @Option(
      names = "--temporal-namespace",
      paramLabel = "NAME",
      description = "Namespace on that server (default: TEMPORAL_NAMESPACE, else 'default').")
  private String namespace = "";

  @Option(
      names = PROFILE,
      paramLabel = "NAME",
      description =
          "Profile of temporal.toml that says how to reach a server, with keys and certificates (default: TEMPORAL_PROFILE).")
  private String profile = "";

  @Option(
      names = FILE,
      paramLabel = "FILE",
      description =
          "That file (default: TEMPORAL_CONFIG_FILE, else where Temporal's CLI keeps it).")
  private String file = "";

  final GivenConnection given() {
    return new GivenConnection(address.strip(), namespace.strip(), profile.strip(), file.strip());
  }

  /**
   * What options, environment and file say together, in this order.
   *
   * @throws UserError if none names a server, or they can't be read
   */
  final Connection connection(Map<String, String> environment) {
    return Connections.load(given(), environment);
  }
}
