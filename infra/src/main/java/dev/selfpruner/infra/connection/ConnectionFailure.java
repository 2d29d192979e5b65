package dev.selfpruner.infra.connection;

import dev.selfpruner.infra.Printable;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** What keeps us from a server, and what to do about it. */
public final class ConnectionFailure {
  private static final int CAUSES = 20;

  private ConnectionFailure() {}

  /** In words of ours, with the server's or the library's in brackets, and no key in them. */
  public static String describe(StatusRuntimeException failure, Connection connection) {
    String said = Printable.line(connection.redact(words(failure)));
    return "%s at %s (%s): %s"
        .formatted(
            what(failure, connection), connection.address(), said, advice(failure, connection));
  }

  /** Whether the server may answer in a moment; what TLS says stays. */
  public static boolean mayPass(StatusRuntimeException failure) {
    return failure.getStatus().getCode() == Status.Code.UNAVAILABLE && tls(failure) == Tls.NONE;
  }

  private static String what(StatusRuntimeException failure, Connection connection) {
    return switch (failure.getStatus().getCode()) {
      case NOT_FOUND ->
          "there is no namespace %s on the Temporal server".formatted(connection.namespace());
      case UNAUTHENTICATED, PERMISSION_DENIED ->
          connection.hasApiKey()
              ? "the API key was refused for namespace %s by the Temporal server"
                  .formatted(connection.namespace())
              : "access to namespace %s was refused by the Temporal server"
                  .formatted(connection.namespace());
      default ->
          switch (tls(failure)) {
            case SERVER_NOT_TRUSTED -> "the certificate is not trusted of the Temporal server";
            case CLIENT_REFUSED ->
                "our certificate was refused, or is missing, by the Temporal server";
            case NO_TLS -> "TLS is not what is spoken by the Temporal server";
            case NONE ->
                "no Temporal server with the namespace %s answers"
                    .formatted(connection.namespace());
          };
    };
  }

  private static String advice(StatusRuntimeException failure, Connection connection) {
    String sources =
        connection.sources().isEmpty() ? "" : " (" + connection.describeSources() + ")";
    return switch (failure.getStatus().getCode()) {
      case NOT_FOUND -> "create it, or correct --temporal-namespace" + sources;
      case UNAUTHENTICATED, PERMISSION_DENIED ->
          connection.hasApiKey()
              ? "check that it has not expired and may use this namespace" + sources
              : "give what the server asks for: TEMPORAL_API_KEY, or a certificate in TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH"
                  + sources;
      default ->
          switch (tls(failure)) {
            case SERVER_NOT_TRUSTED ->
                "name its certificate authority in TEMPORAL_TLS_SERVER_CA_CERT_PATH, or the name in its certificate in TEMPORAL_TLS_SERVER_NAME"
                    + sources;
            case CLIENT_REFUSED ->
                "give one that the server trusts, and its key, in TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH or a profile"
                    + sources;
            case NO_TLS -> "set TEMPORAL_TLS=false, or correct the address" + sources;
            case NONE ->
                (connection.isEncrypted()
                        ? "start it, or correct the address or the namespace"
                        : "start it, or correct --temporal-address or --temporal-namespace; a server that wants TLS needs TEMPORAL_TLS=true")
                    + sources;
          };
    };
  }

  private enum Tls {
    SERVER_NOT_TRUSTED,
    CLIENT_REFUSED,
    NO_TLS,
    NONE
  }

  private static Tls tls(Throwable failure) {
    if (causes(failure).anyMatch(CertificateException.class::isInstance)) {
      return Tls.SERVER_NOT_TRUSTED;
    }
    String words =
        causes(failure)
            .filter(SSLException.class::isInstance)
            .map(cause -> String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(" "));
    if (words.contains("not an ssl/tls record")) {
      return Tls.NO_TLS;
    }
    boolean alert = words.contains("received fatal alert") || words.contains("alert");
    return alert && words.contains("cert") ? Tls.CLIENT_REFUSED : Tls.NONE;
  }

  /** The last cause says what happened, what is around it that something did. */
  private static String words(StatusRuntimeException failure) {
    Status status = failure.getStatus();
    String said = Optional.ofNullable(status.getDescription()).orElse("");
    return causes(failure.getCause())
        .reduce((outer, inner) -> inner)
        .map(
            cause ->
                Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getSimpleName()))
        .map(cause -> status.getCode() + ": " + cause)
        .orElse(status.getCode() + (said.isBlank() ? "" : ": " + said));
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(CAUSES);
  }
}
