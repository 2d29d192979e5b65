package dev.selfpruner.infra.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.selfpruner.activities.Json;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.codec.PayloadCodecException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Shows encrypted payloads to those who may see them: Temporal's web interface, in the browser, and
 * its CLI send payloads here to be decrypted (docs.temporal.io, codec server). A browser is
 * answered on pages of one origin alone.
 */
public final class CodecServer implements AutoCloseable {
  /** What Temporal takes of one payload is 2 MiB; a page of a history has some. */
  private static final int LONGEST_BODY = 32 << 20;

  /** What the interface sends besides the payloads. */
  private static final String HEADERS = "Content-Type, X-Namespace, Authorization";

  private static final int REMEMBER_SECONDS = 600;
  private static final int THREADS = 4;

  private static final Pattern ORIGIN =
      Pattern.compile("https?://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?");

  /**
   * Who is answered.
   *
   * @param origin of the pages, {@code http://host:port}
   * @param token that a request has to bear; empty where none is asked for
   */
  public record Access(String origin, String token) {
    public Access {
      if (!ORIGIN.matcher(origin).matches()) {
        throw new IllegalArgumentException(
            "an origin is http(s)://HOST or http(s)://HOST:PORT, without a slash at its end: "
                + origin);
      }
    }

    private boolean admits(String authorization) {
      return token.isEmpty()
          || MessageDigest.isEqual(
              authorization.getBytes(UTF_8), ("Bearer " + token).getBytes(UTF_8));
    }

    /** Without the token. */
    @Override
    public String toString() {
      return origin;
    }
  }

  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final Access access;

  private CodecServer(HttpServer server, Access access) {
    this.server = server;
    this.access = access;
  }

  /**
   * Begins to answer.
   *
   * @throws IOException if it can't listen there
   */
  public static CodecServer start(InetSocketAddress address, PayloadCodec codec, Access access)
      throws IOException {
    CodecServer codecServer = new CodecServer(HttpServer.create(address, 0), access);
    codecServer.server.createContext(
        "/encode", exchange -> codecServer.answer(exchange, "/encode", codec::encode));
    codecServer.server.createContext(
        "/decode", exchange -> codecServer.answer(exchange, "/decode", codec::decode));
    codecServer.server.setExecutor(codecServer.threads);
    codecServer.server.start();
    return codecServer;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange, String path, UnaryOperator<List<Payload>> codec)
      throws IOException {
    try (exchange) {
      Answer answer = answerTo(exchange, path, codec);
      byte[] body = answer.body().getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Answer answerTo(HttpExchange exchange, String path, UnaryOperator<List<Payload>> codec)
      throws IOException {
    Optional<String> origin = header(exchange, "Origin");
    if (origin.isPresent() && !origin.get().equals(access.origin())) {
      return refusal(403, "pages of this origin are not answered");
    }
    if (origin.isPresent()) {
      var headers = exchange.getResponseHeaders();
      headers.set("Access-Control-Allow-Origin", access.origin());
      headers.set("Access-Control-Allow-Methods", "POST");
      headers.set("Access-Control-Allow-Headers", HEADERS);
      headers.set("Access-Control-Max-Age", Integer.toString(REMEMBER_SECONDS));
      headers.set("Vary", "Origin");
    }
    if (!exchange.getRequestURI().getPath().equals(path)) {
      return refusal(404, "there are /encode and /decode");
    }
    if (exchange.getRequestMethod().equals("OPTIONS")) {
      return new Answer(204, "");
    }
    if (!exchange.getRequestMethod().equals("POST")) {
      return refusal(405, "payloads are posted");
    }
    if (!access.admits(header(exchange, "Authorization").orElse(""))) {
      return refusal(401, "the token is missing, or is another one");
    }
    byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY + 1);
    return body.length > LONGEST_BODY
        ? refusal(413, "too many payloads at once")
        : converted(new String(body, UTF_8), codec);
  }

  private static Answer converted(String body, UnaryOperator<List<Payload>> codec) {
    try {
      Payloads.Builder payloads = Payloads.newBuilder();
      JsonFormat.parser().merge(body, payloads);
      List<Payload> converted = codec.apply(payloads.getPayloadsList());
      return new Answer(
          200,
          JsonFormat.printer()
              .omittingInsignificantWhitespace()
              .print(Payloads.newBuilder().addAllPayloads(converted)));
    } catch (InvalidProtocolBufferException e) {
      return refusal(400, "these are not payloads in JSON");
    } catch (PayloadCodecException e) {
      return refusal(400, String.valueOf(e.getMessage()));
    }
  }

  private static Answer refusal(int status, String why) {
    return new Answer(status, Json.write(Map.of("message", why)));
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
