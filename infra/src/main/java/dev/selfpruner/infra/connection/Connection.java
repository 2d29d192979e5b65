package dev.selfpruner.infra.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.secret.Secrets;
import io.grpc.Metadata;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.ClientConfigTLS;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a Temporal server that others run is reached. It prints without its secrets.
 *
 * @param profile with an address and a namespace
 * @param sources where each of its settings comes from: an option, a variable, or a file
 */
public record Connection(ClientConfigProfile profile, Map<String, String> sources) {
  static final String DEFAULT_NAMESPACE = "default";

  /** Bytes of a file that names itself a key's: one of 16,384 bits has 13,000. */
  private static final int LONGEST_KEY = 1 << 16;

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  public Connection {
    if (isBlank(profile.getAddress()) || isBlank(profile.getNamespace())) {
      throw new IllegalArgumentException("a server has an address and a namespace");
    }
    sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
  }

  /** Without TLS and without a key. */
  public static Connection plain(String address, String namespace) {
    return new Connection(
        ClientConfigProfile.newBuilder().setAddress(address).setNamespace(namespace).build(),
        Map.of());
  }

  public String address() {
    return profile.getAddress();
  }

  public String namespace() {
    return profile.getNamespace();
  }

  boolean hasApiKey() {
    return !isBlank(profile.getApiKey());
  }

  /** Whether what is sent is encrypted; a key makes it so, unless TLS is turned off. */
  boolean isEncrypted() {
    return profile.getTls() == null
        ? hasApiKey()
        : !Boolean.TRUE.equals(profile.getTls().isDisabled());
  }

  /** Whether the server's certificate is taken as it comes. */
  public boolean trustsAnyone() {
    return isEncrypted()
        && profile.getTls() != null
        && Boolean.TRUE.equals(profile.getTls().isDisableHostVerification());
  }

  /**
   * What a client needs to connect.
   *
   * @throws UserError if a certificate or key can't be read; it names them, and where they are
   *     named
   */
  public WorkflowServiceStubsOptions options() {
    try {
      WorkflowServiceStubsOptions options = profile.toWorkflowServiceStubsOptions();
      return isEncrypted()
          ? options
          : WorkflowServiceStubsOptions.newBuilder(options)
              .setEnableHttps(false) // else a key turns it on again
              .build();
    } catch (RuntimeException e) {
      throw new UserError(
          "cannot use the certificates for the Temporal server at %s (%s; %s): give PEM files that this user can read, the key as PKCS#8 (openssl pkcs8 -topk8 -nocrypt)"
              .formatted(address(), reason(e), describeSources()),
          e);
    }
  }

  /** What a server, a library or an error could repeat. */
  List<String> secrets() {
    List<String> secrets = new ArrayList<>();
    if (hasApiKey()) {
      secrets.add(profile.getApiKey());
    }
    if (profile.getTls() != null) {
      Secrets.parts(new String(clientKey(profile.getTls()), UTF_8)).forEach(secrets::add);
    }
    if (profile.getMetadata() != null && profile.getMetadata().containsKey(AUTHORIZATION)) {
      String header = profile.getMetadata().get(AUTHORIZATION);
      secrets.addAll(List.of(header.split("\\s+", -1))); // a scheme, and the secret
    }
    return secrets;
  }

  /** Empty where there is none, or none that can be read: what uses it says so. */
  private static byte[] clientKey(ClientConfigTLS tls) {
    if (!isBlank(tls.getClientKeyPath())) {
      try (InputStream file = Files.newInputStream(Path.of(tls.getClientKeyPath()))) {
        return file.readNBytes(LONGEST_KEY);
      } catch (IOException | InvalidPathException e) {
        return new byte[0];
      }
    }
    return Optional.ofNullable(tls.getClientKeyData()).orElse(new byte[0]);
  }

  /** A server's words, without the key should it repeat it. */
  String redact(String text) {
    return hasApiKey() ? text.replace(profile.getApiKey(), "•••") : text;
  }

  /** Where the settings come from, in one line. */
  public String describeSources() {
    return sources.entrySet().stream()
        .map(source -> source.getKey() + " from " + source.getValue())
        .collect(Collectors.joining(", "));
  }

  /** Netty's words about a certificate that it can't read say nothing of its content. */
  private static String reason(Throwable failure) {
    Throwable cause = Optional.ofNullable(failure.getCause()).orElse(failure);
    String said = Optional.ofNullable(cause.getMessage()).orElse("");
    return cause instanceof FileSystemException
        ? "no file %s that can be read".formatted(said)
        : said.isBlank() ? cause.getClass().getSimpleName() : said;
  }

  private static boolean isBlank(String value) {
    return value == null || value.isBlank();
  }

  @Override
  public String toString() {
    return "namespace %s at %s (%s)".formatted(namespace(), address(), describeSources());
  }
}
