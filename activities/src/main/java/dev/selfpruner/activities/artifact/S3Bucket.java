package dev.selfpruner.activities.artifact;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The few things that a store does with the objects of one bucket. Everything that goes wrong is an
 * {@link IOException} naming the object; the SDK has retried before.
 */
final class S3Bucket implements AutoCloseable {
  private static final String OCTETS = "application/octet-stream";

  private static final int PRECONDITION_FAILED = 412;

  /** Another writer was first, or is at work: nothing was written, and looking again tells more. */
  private static final Set<String> CONFLICTS =
      Set.of("PreconditionFailed", "ConditionalRequestConflict", "NoSuchUpload");

  /** Whether a write may replace an object. */
  enum Write {
    IF_ABSENT,
    ALWAYS;

    /** Value of the header {@code If-None-Match}, where the SDK takes null for none. */
    private String ifNoneMatch() {
      return this == IF_ABSENT ? "*" : null;
    }
  }

  private final S3Client client;
  private final String bucket;

  S3Bucket(S3Client client, String bucket) {
    this.client = client;
    this.bucket = bucket;
  }

  String uri(String key) {
    return "s3://%s/%s".formatted(bucket, key);
  }

  /** Fails with what to do if the bucket isn't there or can't be used. */
  void requireReachable(String endpoint) throws IOException {
    try {
      client.headBucket(request -> request.bucket(bucket));
    } catch (SdkException e) {
      throw new IOException(
          "cannot use bucket %s at %s: %s - check that it exists there, and the credentials and region in the environment"
              .formatted(bucket, endpoint, e.getMessage()),
          e);
    }
  }

  /** Length of an object, if it is there. */
  OptionalLong length(String key) throws IOException {
    try {
      return OptionalLong.of(
          client.headObject(request -> request.bucket(bucket).key(key)).contentLength());
    } catch (NoSuchKeyException e) {
      return OptionalLong.empty();
    } catch (SdkException e) {
      throw failure("look for", key, e);
    }
  }

  /** Opens an object, if it is there. */
  Optional<InputStream> open(String key) throws IOException {
    try {
      ResponseInputStream<GetObjectResponse> content =
          client.getObject(request -> request.bucket(bucket).key(key));
      return Optional.of(new AbortingInputStream(content));
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
    String checksum = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256));
    return write(key, checksum, RequestBody.fromBytes(content), write);
  }

  /**
   * Writes an object from a file, in as many requests as it has parts; the server checks the digest
   * of each.
   *
   * @return false if another writer was first
   */
  boolean write(String key, PartedFile file, Write write) throws IOException {
    if (file.partChecksums().size() == 1) {
      return write(key, file.partChecksums().get(0), body(file, 0), write);
    }
    String upload;
    try {
      upload =
          client
              .createMultipartUpload(
                  request ->
                      request
                          .bucket(bucket)
                          .key(key)
                          .contentType(OCTETS)
                          .checksumAlgorithm(ChecksumAlgorithm.SHA256))
              .uploadId();
    } catch (SdkException e) {
      throw failure("write", key, e);
    }
    boolean completed = false;
    try {
      List<CompletedPart> parts = uploadParts(key, upload, file);
      client.completeMultipartUpload(
          request ->
              request
                  .bucket(bucket)
                  .key(key)
                  .uploadId(upload)
                  .multipartUpload(list -> list.parts(parts))
                  .ifNoneMatch(write.ifNoneMatch()));
      completed = true;
    } catch (SdkException e) {
      requireConflict(key, e);
    } finally {
      if (!completed) {
        abort(key, upload);
      }
    }
    return completed;
  }

  @Override
  public void close() {
    client.close();
  }

  private boolean write(String key, String checksum, RequestBody body, Write write)
      throws IOException {
    try {
      client.putObject(
          request ->
              request
                  .bucket(bucket)
                  .key(key)
                  .contentType(OCTETS)
                  .checksumSHA256(checksum)
                  .ifNoneMatch(write.ifNoneMatch()),
          body);
      return true;
    } catch (SdkException e) {
      requireConflict(key, e);
      return false;
    }
  }

  private List<CompletedPart> uploadParts(String key, String upload, PartedFile file) {
    List<CompletedPart> parts = new ArrayList<>();
    for (int i = 0; i < file.partChecksums().size(); i++) {
      int number = i + 1;
      String checksum = file.partChecksums().get(i);
      String tag =
          client
              .uploadPart(
                  request ->
                      request
                          .bucket(bucket)
                          .key(key)
                          .uploadId(upload)
                          .partNumber(number)
                          .checksumSHA256(checksum),
                  body(file, i))
              .eTag();
      parts.add(
          CompletedPart.builder().partNumber(number).eTag(tag).checksumSHA256(checksum).build());
    }
    return parts;
  }

  /** Frees what the parts occupy, if it can; the failure that led here is the one to tell. */
  private void abort(String key, String upload) {
    try {
      client.abortMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(upload));
    } catch (SdkException e) {
      System.getLogger(S3Bucket.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "cannot abort an upload to {0}: {1} - a lifecycle rule for incomplete uploads removes it",
              uri(key),
              e.getMessage());
    }
  }

  private void requireConflict(String key, SdkException e) throws IOException {
    boolean conflict = e instanceof S3Exception s3 && isConflict(s3);
    if (!conflict) {
      throw failure("write", key, e);
    }
  }

  private static boolean isConflict(S3Exception e) {
    // the answer's body, and with it the code, may have been lost
    return e.statusCode() == PRECONDITION_FAILED
        || (e.awsErrorDetails() != null && CONFLICTS.contains(e.awsErrorDetails().errorCode()));
  }

  private IOException failure(String verb, String key, SdkException e) {
    return new IOException("cannot %s %s: %s".formatted(verb, uri(key), e.getMessage()), e);
  }

  private static RequestBody body(PartedFile file, int part) {
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

  /** Drops the connection when it is closed early, where the SDK would read the rest. */
  private static final class AbortingInputStream extends FilterInputStream {
    private final ResponseInputStream<GetObjectResponse> content;
    private boolean ended;

    AbortingInputStream(ResponseInputStream<GetObjectResponse> content) {
      super(content);
      this.content = content;
    }

    @Override
    public int read() throws IOException {
      return ended(super.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return ended(super.read(bytes, offset, length));
    }

    @Override
    public void close() throws IOException {
      if (ended) {
        content.close();
      } else {
        content.abort();
      }
    }

    private int ended(int read) {
      ended |= read < 0;
      return read;
    }
  }
}
