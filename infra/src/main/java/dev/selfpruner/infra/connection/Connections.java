package dev.selfpruner.infra.connection;

import static dev.selfpruner.infra.connection.GivenConnection.isSet;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.selfpruner.activities.LoadedSecrets;
import dev.selfpruner.infra.UserError;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.ClientConfigTLS;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Puts a connection together as all of Temporal's SDKs do: a profile of a file, over it the
 * environment, and over both the command line.
 */
public final class Connections {
  /** Each would read anything but {@code true} as false, and turn TLS off for {@code 1}. */
  private static final String[] SWITCHES = {
    "TEMPORAL_TLS", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION"
  };

  private static final String HEADERS = "TEMPORAL_GRPC_META_";
  private static final Pattern HEADER_VALUE = Pattern.compile("[!-~]+");
  private static final Pattern THIS_MACHINE =
      Pattern.compile("(localhost|127\\.[0-9.]+|\\[::1])(:[0-9]+)?");

  private Connections() {}

  /**
   * The connection that is asked for.
   *
   * @throws UserError if none of them names an address, or they can't be read; it says where, and
   *     nothing of what is there
   */
  public static Connection load(GivenConnection given, Map<String, String> environment) {
    Map<String, String> set = meaning(environment);
    boolean file = given.readsFileWith(set);
    ClientConfigProfile stored =
        file ? read(given, set, true) : ClientConfigProfile.getDefaultInstance();
    ClientConfigProfile merged =
        file ? read(given, set, false) : read(GivenConnection.NOTHING, set, false);
    ClientConfigProfile profile = over(merged, given, set);
    if (profile.getAddress() == null || profile.getAddress().isBlank()) {
      throw new UserError(
          "%s: give --temporal-address or TEMPORAL_ADDRESS"
              .formatted(
                  file
                      ? "profile %s of %s names no address"
                          .formatted(given.profileName(set), given.fileName(set))
                      : "no Temporal server is named"));
    }
    Connection connection = new Connection(profile, Sources.of(given, set, stored, profile));
    connection.secrets().forEach(LoadedSecrets::add);
    requireKeptKey(connection);
    return connection;
  }

  /** Without variables that are set to nothing, but for headers: there that takes one away. */
  private static Map<String, String> meaning(Map<String, String> environment) {
    for (String variable : SWITCHES) {
      String value = environment.getOrDefault(variable, "").strip().toLowerCase(Locale.ROOT);
      if (!value.isEmpty() && !value.equals("true") && !value.equals("false")) {
        throw new UserError("%s is true or false, not '%s'".formatted(variable, value));
      }
    }
    return environment.entrySet().stream()
        .filter(each -> !each.getValue().isBlank() || each.getKey().startsWith(HEADERS))
        .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().strip()));
  }

  private static ClientConfigProfile read(
      GivenConnection given, Map<String, String> environment, boolean fileOnly) {
    boolean file = given.readsFileWith(environment);
    String name = given.fileName(environment);
    boolean named = !given.file().isEmpty() || isSet(environment, GivenConnection.FILE_VARIABLE);
    if (named && !Files.isReadable(Path.of(name))) {
      throw new UserError(
          "no Temporal configuration can be read at %s: correct --temporal-config or TEMPORAL_CONFIG_FILE"
              .formatted(name));
    }
    try {
      return ClientConfigProfile.load(
          LoadClientConfigProfileOptions.newBuilder()
              .setConfigFilePath(given.file())
              .setConfigFileProfile(given.profile())
              .setDisableFile(!file)
              .setDisableEnv(fileOnly)
              .setEnvOverrides(environment)
              .build());
    } catch (JsonProcessingException e) {
      throw new UserError( // without the parser's words, which may quote a key
          "%s is not a Temporal configuration%s: see docs.temporal.io, environment configuration"
              .formatted(name, where(e.getLocation())));
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "there is no profile %s in %s: correct --temporal-profile or TEMPORAL_PROFILE"
              .formatted(given.profileName(environment), name),
          e);
    } catch (IOException e) {
      throw new UserError("cannot read %s: %s".formatted(name, e.getClass().getSimpleName()), e);
    }
  }

  private static String where(JsonLocation location) {
    return location == null
        ? ""
        : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
  }

  private static ClientConfigProfile over(
      ClientConfigProfile merged, GivenConnection given, Map<String, String> environment) {
    ClientConfigProfile.Builder builder = merged.toBuilder();
    if (!given.address().isEmpty()) {
      builder.setAddress(given.address());
    }
    if (!given.namespace().isEmpty()) {
      builder.setNamespace(given.namespace());
    } else if (merged.getNamespace() == null || merged.getNamespace().isBlank()) {
      builder.setNamespace(Connection.DEFAULT_NAMESPACE);
    }
    if (merged.getTls() != null) {
      builder.setTls(dataOverPaths(merged.getTls(), environment));
    }
    return builder.build();
  }

  /** The SDK takes a file's path before a variable's data; the environment is to win. */
  private static ClientConfigTLS dataOverPaths(
      ClientConfigTLS tls, Map<String, String> environment) {
    ClientConfigTLS.Builder builder = tls.toBuilder();
    if (isDataOnly(environment, "TEMPORAL_TLS_CLIENT_CERT")) {
      builder.setClientCertPath("");
    }
    if (isDataOnly(environment, "TEMPORAL_TLS_CLIENT_KEY")) {
      builder.setClientKeyPath("");
    }
    if (isDataOnly(environment, "TEMPORAL_TLS_SERVER_CA_CERT")) {
      builder.setServerCACertPath("");
    }
    return builder.build();
  }

  private static boolean isDataOnly(Map<String, String> environment, String what) {
    return isSet(environment, what + "_DATA") && !isSet(environment, what + "_PATH");
  }

  private static void requireKeptKey(Connection connection) {
    if (!connection.hasApiKey()) {
      return;
    }
    String source = connection.sources().get(Sources.API_KEY);
    if (!HEADER_VALUE.matcher(connection.profile().getApiKey()).matches()) {
      throw new UserError(
          "the API key from %s holds a space or a character that no API key has: set it again"
              .formatted(source));
    }
    if (!connection.isEncrypted() && !THIS_MACHINE.matcher(connection.address()).matches()) {
      throw new UserError(
          "TLS is turned off (%s), and the API key from %s would go to %s for all to read: turn it on, or leave the key out"
              .formatted(connection.sources().get(Sources.TLS), source, connection.address()));
    }
  }
}
