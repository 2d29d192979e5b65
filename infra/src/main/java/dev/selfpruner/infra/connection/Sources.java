package dev.selfpruner.infra.connection;

import static dev.selfpruner.infra.connection.GivenConnection.isSet;

import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.ClientConfigTLS;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Where each setting of a connection comes from; of secrets, that alone. */
final class Sources {
  static final String API_KEY = "API key";
  static final String TLS = "TLS";

  private final Map<String, String> environment;
  private final ClientConfigProfile file;
  private final String fileName;
  private final Map<String, String> sources = new LinkedHashMap<>();

  private Sources(Map<String, String> environment, ClientConfigProfile file, String fileName) {
    this.environment = environment;
    this.file = file;
    this.fileName = fileName;
  }

  /**
   * @param file what the file alone says
   * @param profile what all say together
   */
  static Map<String, String> of(
      GivenConnection given,
      Map<String, String> environment,
      ClientConfigProfile file,
      ClientConfigProfile profile) {
    String fileName =
        "profile %s of %s".formatted(given.profileName(environment), given.fileName(environment));
    Sources sources = new Sources(environment, file, fileName);
    sources.add("address", given.address(), "--temporal-address", "TEMPORAL_ADDRESS");
    sources.add("namespace", given.namespace(), "--temporal-namespace", "TEMPORAL_NAMESPACE");
    sources.add(API_KEY, ClientConfigProfile::getApiKey, "TEMPORAL_API_KEY");
    sources.addTls(TLS, ClientConfigTLS::isDisabled, "TEMPORAL_TLS");
    sources.addTls(
        "client certificate",
        tls -> either(tls.getClientCertPath(), tls.getClientCertData()),
        "TEMPORAL_TLS_CLIENT_CERT_PATH",
        "TEMPORAL_TLS_CLIENT_CERT_DATA");
    sources.addTls(
        "client key",
        tls -> either(tls.getClientKeyPath(), tls.getClientKeyData()),
        "TEMPORAL_TLS_CLIENT_KEY_PATH",
        "TEMPORAL_TLS_CLIENT_KEY_DATA");
    sources.addTls(
        "server's certificate authority",
        tls -> either(tls.getServerCACertPath(), tls.getServerCACertData()),
        "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
        "TEMPORAL_TLS_SERVER_CA_CERT_DATA");
    sources.addTls("server's name", ClientConfigTLS::getServerName, "TEMPORAL_TLS_SERVER_NAME");
    if (profile.getMetadata() != null && !profile.getMetadata().keys().isEmpty()) {
      sources.sources.put(
          "headers " + String.join(", ", profile.getMetadata().keys()), "environment and file");
    }
    return sources.sources;
  }

  private void add(String what, String option, String optionName, String variable) {
    if (!option.isEmpty()) {
      sources.put(what, optionName);
      return;
    }
    add(
        what,
        what.equals("address")
            ? ClientConfigProfile::getAddress
            : ClientConfigProfile::getNamespace,
        variable);
  }

  private void addTls(String what, Function<ClientConfigTLS, Object> setting, String... variables) {
    add(
        what,
        profile -> profile.getTls() == null ? null : setting.apply(profile.getTls()),
        variables);
  }

  private void add(
      String what, Function<ClientConfigProfile, Object> setting, String... variables) {
    Stream.of(variables)
        .filter(variable -> isSet(environment, variable))
        .findFirst()
        .ifPresentOrElse(
            variable -> sources.put(what, variable),
            () -> {
              Object stored = setting.apply(file);
              if (stored != null && !stored.equals("")) {
                sources.put(what, fileName);
              }
            });
  }

  /** A path, or data that stands in its place; null for none, as the SDK has it. */
  private static Object either(String path, byte[] data) {
    return path == null || path.isEmpty() ? data : path;
  }
}
