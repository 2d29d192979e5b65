package dev.selfpruner.infra.connection;

import java.util.Map;
import java.util.Optional;

/**
 * What the command line says about a Temporal server that others run; each is empty where it says
 * nothing.
 *
 * @param address host and port of its front end
 * @param namespace on that server
 * @param profile in the file
 * @param file in the form of Temporal's own {@code temporal.toml}
 */
public record GivenConnection(String address, String namespace, String profile, String file) {
  /** Says nothing. */
  public static final GivenConnection NOTHING = new GivenConnection("", "", "", "");

  static final String ADDRESS_VARIABLE = "TEMPORAL_ADDRESS";
  static final String PROFILE_VARIABLE = "TEMPORAL_PROFILE";
  static final String FILE_VARIABLE = "TEMPORAL_CONFIG_FILE";

  /** Whether the command line asks for a server that others run. */
  public boolean namesServer() {
    return !address.isEmpty() || !profile.isEmpty() || !file.isEmpty();
  }

  /** Whether the environment does. */
  public static boolean isServerNamedIn(Map<String, String> environment) {
    return isSet(environment, ADDRESS_VARIABLE) || readsFile(environment);
  }

  /**
   * A file is read where it, or a profile, is named. One that merely lies in its usual place is
   * not: a demo must not run on a company's server because Temporal's CLI knows the way there.
   */
  boolean readsFileWith(Map<String, String> environment) {
    return !profile.isEmpty() || !file.isEmpty() || readsFile(environment);
  }

  /** What the file is called in messages. */
  String fileName(Map<String, String> environment) {
    return !file.isEmpty()
        ? file
        : value(environment, FILE_VARIABLE).orElse("temporal.toml in its usual place");
  }

  /** What the profile is called in messages, and in the file. */
  String profileName(Map<String, String> environment) {
    return !profile.isEmpty() ? profile : value(environment, PROFILE_VARIABLE).orElse("default");
  }

  static Optional<String> value(Map<String, String> environment, String variable) {
    return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isBlank());
  }

  static boolean isSet(Map<String, String> environment, String variable) {
    return value(environment, variable).isPresent();
  }

  private static boolean readsFile(Map<String, String> environment) {
    return isSet(environment, PROFILE_VARIABLE) || isSet(environment, FILE_VARIABLE);
  }
}
