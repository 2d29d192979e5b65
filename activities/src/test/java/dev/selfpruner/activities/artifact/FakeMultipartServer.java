package dev.selfpruner.activities.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Uploads in parts, and how S3 encrypts them: an upload keeps what it was begun with, nothing that
 * lists says what that is, and a key is named by its ARN, whatever it was asked for by. One bucket,
 * one object.
 */
final class FakeMultipartServer implements AutoCloseable {
  static final String BUCKET = "bucket";
  private static final String ENCRYPTION = "x-amz-server-side-encryption";
  private static final String KEY = ENCRYPTION + "-aws-kms-key-id";

  private final HttpServer server;
  private final String usual;
  private final boolean telling;
  private final Map<String, Upload> uploads = new TreeMap<>();
  private final List<String> sent = Collections.synchronizedList(new ArrayList<>());
  private Optional<Upload> object = Optional.empty();
  private int begun;
  private int partsLeft = Integer.MAX_VALUE;
  private boolean completing = true;
  private final Map<String, String> refused = new TreeMap<>();
  private Optional<Whole> another = Optional.empty();
  private Optional<Whole> whole = Optional.empty();

  /** The object of a writer who isn't looked at. */
  private record Whole(long bytes, String checksum) {}

  /**
   * An upload, or the object that it became.
   *
   * @param encryption how, and after a blank with which key
   * @param parts SHA-256 by number
   */
  private record Upload(
      String id,
      String key,
      String encryption,
      Map<Integer, String> parts,
      Map<Integer, Integer> sizes) {}

  private FakeMultipartServer(HttpServer server, String usual, boolean telling) {
    this.server = server;
    this.usual = usual;
    this.telling = telling;
  }

  /**
   * @param usual encryption of what asks for none
   * @param telling whether answers to parts say how they are encrypted
   */
  static FakeMultipartServer start(String usual, boolean telling) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FakeMultipartServer fake = new FakeMultipartServer(http, usual, telling);
    http.createContext("/", fake::answer);
    http.start();
    return fake;
  }

  StoreLocation.S3 location() {
    return StoreLocation.S3.server("http://127.0.0.1:" + server.getAddress().getPort(), BUCKET, "");
  }

  /** From now on, only so many parts are taken before access is denied. */
  void takeParts(int number) {
    partsLeft = number;
  }

  /** From now on, access is denied to who wants to put parts together. */
  void refuseToComplete() {
    completing = false;
  }

  /** From now on, all that is asked of an upload but to abort it is refused; it stays listed. */
  void refuse(String upload, String code) {
    refused.put(upload, code);
  }

  /** When the next part comes, another writer has just completed the upload. */
  void letAnotherComplete(long bytes, String checksum) {
    another = Optional.of(new Whole(bytes, checksum));
  }

  /** Forgets what was sent, and denies nothing any more. */
  void recover() {
    sent.clear();
    refused.clear();
    completing = true;
    partsLeft = Integer.MAX_VALUE;
  }

  /** Parts that were taken, in order: {@code upload/number}. */
  List<String> sent() {
    return List.copyOf(sent);
  }

  /** Uploads that are neither complete nor aborted. */
  List<String> unfinished() {
    return List.copyOf(uploads.keySet());
  }

  /** How the object is encrypted, if it is there. */
  Optional<String> encryption() {
    return object.map(Upload::encryption);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Map<String, String> query = query(exchange);
    String path = exchange.getRequestURI().getPath();
    Headers answer = exchange.getResponseHeaders();
    String id = query.getOrDefault("uploadId", "");
    boolean gone = !id.isEmpty() && !uploads.containsKey(id);
    if (refused.containsKey(id) && !exchange.getRequestMethod().equals("DELETE")) {
      end(exchange, refused.get(id).equals("NoSuchUpload") ? 404 : 400, error(refused.get(id)));
      return;
    }
    switch (exchange.getRequestMethod()) {
      case "HEAD" -> {
        boolean there = !path.equals("/" + BUCKET) && whole.isPresent();
        if (there) {
          answer.set("Content-Length", "" + whole.get().bytes);
          answer.set("x-amz-checksum-sha256", whole.get().checksum);
        }
        end(exchange, there || path.equals("/" + BUCKET) ? 200 : 404, "");
      }
      case "GET" -> {
        if (gone) {
          end(exchange, 404, error("NoSuchUpload"));
        } else {
          end(exchange, 200, id.isEmpty() ? listed() : parts(uploads.get(id)));
        }
      }
      case "POST" -> {
        if (query.containsKey("uploads")) {
          Upload upload = begin(path, exchange.getRequestHeaders());
          tell(answer, upload);
          end(exchange, 200, element("UploadId", upload.id, "InitiateMultipartUploadResult"));
        } else if (gone) {
          end(exchange, 404, error("NoSuchUpload"));
        } else if (!completing) {
          end(exchange, 403, error("AccessDenied"));
        } else {
          object = Optional.ofNullable(uploads.remove(id));
          end(exchange, 200, element("ETag", "whole", "CompleteMultipartUploadResult"));
        }
      }
      case "PUT" -> {
        if (another.isPresent()) {
          whole = another;
          another = Optional.empty();
          uploads.clear();
        }
        if (!uploads.containsKey(id)) {
          exchange.close(); // as a server does that reads no more of what it refuses
        } else if (partsLeft-- <= 0) {
          end(exchange, 403, error("AccessDenied"));
        } else {
          int number = Integer.parseInt(query.get("partNumber"));
          Headers request = exchange.getRequestHeaders();
          uploads.get(id).parts.put(number, request.getFirst("x-amz-checksum-sha256"));
          uploads.get(id).sizes.put(number, size(request, body));
          sent.add(id + "/" + number);
          answer.set("ETag", "\"part\"");
          if (telling) {
            tell(answer, uploads.get(id));
          }
          end(exchange, 200, "");
        }
      }
      case "DELETE" -> {
        uploads.remove(id);
        end(exchange, 204, "");
      }
      default -> end(exchange, 501, error("NotImplemented"));
    }
  }

  /** The SDK may send a part in chunks, each with a line of its own. */
  private static int size(Headers request, byte[] body) {
    return Optional.ofNullable(request.getFirst("x-amz-decoded-content-length"))
        .map(Integer::valueOf)
        .orElse(body.length);
  }

  private Upload begin(String path, Headers request) {
    String asked = Optional.ofNullable(request.getFirst(ENCRYPTION)).orElse(usual);
    String key = Optional.ofNullable(request.getFirst(KEY)).orElse("of-the-bucket");
    String arn = "arn:aws:kms:eu-west-1:1:key/" + key.replaceFirst("^alias/", "");
    Upload upload =
        new Upload(
            "upload-" + ++begun,
            path.substring(BUCKET.length() + 2),
            asked.startsWith("aws:kms") ? asked + " " + arn : asked,
            new TreeMap<>(),
            new TreeMap<>());
    uploads.put(upload.id, upload);
    return upload;
  }

  private static void tell(Headers answer, Upload upload) {
    String[] encryption = upload.encryption.split(" ", -1);
    if (!encryption[0].isEmpty()) {
      answer.set(ENCRYPTION, encryption[0]);
    }
    if (encryption.length > 1) {
      answer.set(KEY, encryption[1]);
    }
  }

  private String listed() {
    return uploads.values().stream()
        .map(
            upload ->
                "<Upload><Key>%s</Key><UploadId>%s</UploadId></Upload>"
                    .formatted(upload.key, upload.id))
        .collect(
            Collectors.joining(
                "",
                "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>",
                "</ListMultipartUploadsResult>"));
  }

  private static String parts(Upload upload) {
    return upload.parts.keySet().stream()
        .map(
            number ->
                "<Part><PartNumber>%d</PartNumber><ETag>\"part\"</ETag><Size>%d</Size><ChecksumSHA256>%s</ChecksumSHA256></Part>"
                    .formatted(number, upload.sizes.get(number), upload.parts.get(number)))
        .collect(
            Collectors.joining(
                "", "<ListPartsResult><IsTruncated>false</IsTruncated>", "</ListPartsResult>"));
  }

  private static String element(String name, String text, String within) {
    return "<%3$s><%1$s>%2$s</%1$s></%3$s>".formatted(name, text, within);
  }

  private static String error(String code) {
    return element("Code", code, "Error");
  }

  private static Map<String, String> query(HttpExchange exchange) {
    String query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
    return Stream.of(query.split("&", -1))
        .map(pair -> pair.split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair.length > 1 ? pair[1] : ""));
  }

  private static void end(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
