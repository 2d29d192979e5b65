package dev.selfpruner.activities.artifact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * The few things that a store does with the objects of one bucket. Everything that goes wrong is an
 * {@link IOException} that names the object and the reason; the SDK has retried before.
 */
final class S3Bucket implements AutoCloseable {
  static final String OCTETS = "application/octet-stream";

  /** Whether a write may replace an object. */
  enum Write {
    IF_ABSENT,
    ALWAYS;

    /** Value of the header {@code If-None-Match}, where the SDK takes null for none. */
    String ifNoneMatch() {
      return this == IF_ABSENT ? "*" : null;
    }
  }

  private final S3Client client;
  private final StoreLocation.S3 location;

  S3Bucket(S3Client client, StoreLocation.S3 location) {
    this.client = client;
    this.location = location;
  }

  /**
   * An object that is there.
   *
   * @param modified when it was written
   * @param checksum its SHA-256 as S3 writes them, of the whole or composed of its parts'; empty
   *     where the server has none
   */
  record Found(long bytes, Instant modified, String checksum) {}

  /**
   * An object that is being read.
   *
   * @param modified when it was written
   */
  record Opened(S3ObjectStream content, Instant modified) {}

  String uri(String key) {
    return "s3://%s/%s".formatted(location.bucket(), key);
  }

  /** Fails with what to do if the bucket isn't there or can't be used. */
  void requireReachable() throws IOException {
    try {
      client.headBucket(request -> request.bucket(location.bucket()));
    } catch (SdkException e) {
      throw S3Errors.translate(
          "cannot use bucket %s at %s".formatted(location.bucket(), location.server()),
          explained("", e));
    }
  }

  /** Looks whether an object is there. */
  Optional<Found> look(String key) throws IOException {
    try {
      HeadObjectResponse head =
          client.headObject(
              request ->
                  request.bucket(location.bucket()).key(key).checksumMode(ChecksumMode.ENABLED));
      return Optional.of(
          new Found(
              head.contentLength(),
              written(head.lastModified()),
              Optional.ofNullable(head.checksumSHA256()).orElse("")));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw failure("look for", key, explained(key, e));
    }
  }

  /** Opens an object, if it is there. */
  Optional<Opened> open(String key) throws IOException {
    try {
      var content = client.getObject(request -> request.bucket(location.bucket()).key(key));
      return Optional.of(
          new Opened(
              new S3ObjectStream(content, uri(key)), written(content.response().lastModified())));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw failure("read", key, e);
    }
  }

  /**
   * Writes an object in one request; the server checks its digest.
   *
   * @return false if another writer was first
   */
  boolean write(String key, byte[] content, String sha256, Write write) throws IOException {
    return write(key, base64(sha256), RequestBody.fromBytes(content), write);
  }

  /**
   * Writes an object from a file, in as many requests as it has parts; the server checks the digest
   * of each, and parts that an earlier attempt left there aren't sent again.
   *
   * @return false if another writer was first
   */
  boolean write(String key, PartedFile file, Write write) throws IOException {
    return file.partChecksums().size() == 1
        ? write(key, file.partChecksums().get(0), body(file, 0), write)
        : new PartedUpload(client, location, key, file).send(write);
  }

  @Override
  public void close() {
    client.close();
  }

  private boolean write(String key, String checksum, RequestBody body, Write write)
      throws IOException {
    try {
      client.putObject(
          request -> {
            request
                .bucket(location.bucket())
                .key(key)
                .contentType(OCTETS)
                .checksumSHA256(checksum)
                .ifNoneMatch(write.ifNoneMatch());
            S3Encryption.of(location).ask(request);
          },
          body);
      return true;
    } catch (SdkException e) {
      if (S3Errors.isConflict(e)) {
        return false;
      }
      throw failure("write", key, e);
    }
  }

  private IOException failure(String verb, String key, SdkException e) {
    return S3Errors.translate("cannot %s %s".formatted(verb, uri(key)), e);
  }

  /** The same failure, or that of a request whose answer has a body that says why. */
  private SdkException explained(String key, SdkException e) {
    if (S3Errors.isExplained(e)) {
      return e;
    }
    try {
      client.listObjectsV2(request -> request.bucket(location.bucket()).prefix(key).maxKeys(1));
      return e;
    } catch (SdkException why) {
      why.addSuppressed(e);
      return S3Errors.isExplained(why) ? why : e;
    }
  }

  /** SHA-256 as S3 writes it. */
  static String base64(String sha256) {
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256));
  }

  /** A server that doesn't say has written it just now, as far as anybody can tell. */
  private static Instant written(Instant modified) {
    return Optional.ofNullable(modified).orElseGet(Instant::now);
  }

  static RequestBody body(PartedFile file, int part) {
    ContentStreamProvider content =
        () -> {
          try {
            return file.open(part);
          } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file.file(), e);
          }
        };
    return RequestBody.fromContentProvider(content, file.bytes(part), OCTETS);
  }
}
