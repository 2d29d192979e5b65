package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.artifact.S3Bucket.Write;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * A store in a bucket. Objects appear whole or not at all because S3 writes them so; that only one
 * writer creates an index entry rests on the server honouring {@code If-None-Match: *}, for
 * completed multipart uploads too. Credentials come from the SDK's default chain (environment,
 * profile, instance role) and need {@code s3:GetObject}, {@code s3:PutObject}, {@code
 * s3:AbortMultipartUpload} and {@code s3:ListBucket}. A process that dies in a multipart upload
 * leaves parts: give the bucket a lifecycle rule that aborts incomplete uploads.
 */
final class S3ArtifactStore implements ArtifactStore {
  /** Larger files go up in parts of this size, each retried alone. */
  private static final long PART_BYTES = 64L << 20;

  private static final int REQUEST_ATTEMPTS = 5;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** Silence between two packets, and while a server puts a large object's parts together. */
  private static final Duration READ_TIMEOUT = Duration.ofMinutes(2);

  private static final int CONFLICT_ATTEMPTS = 8;
  private static final long FIRST_PAUSE_MILLIS = 10;

  private final S3Bucket bucket;
  private final String prefix;
  private final long partBytes;

  private S3ArtifactStore(S3Bucket bucket, String prefix, long partBytes) {
    this.bucket = bucket;
    this.prefix = prefix.isEmpty() ? "" : prefix + "/";
    this.partBytes = partBytes;
  }

  static S3ArtifactStore open(StoreLocation.S3 location) throws IOException {
    return open(location, PART_BYTES);
  }

  /** Opens a store that uploads in parts of {@code partBytes}; S3 wants 5 MiB at least. */
  static S3ArtifactStore open(StoreLocation.S3 location, long partBytes) throws IOException {
    S3Bucket bucket = new S3Bucket(client(location), location.bucket());
    boolean reachable = false;
    try {
      boolean aws = location.endpoint().equals(StoreLocation.S3.AWS);
      bucket.requireReachable(aws ? "AWS, " + location.region() : location.endpoint());
      reachable = true;
    } finally {
      if (!reachable) {
        bucket.close();
      }
    }
    return new S3ArtifactStore(bucket, location.prefix(), partBytes);
  }

  @Override
  public ArtifactRef put(byte[] content) throws IOException {
    ArtifactRef ref = ref(Digests.sha256(content), content.length);
    store(ref, write -> bucket.write(blob(ref), content, ref.sha256(), write));
    return ref;
  }

  @Override
  public ArtifactRef put(Path file) throws IOException {
    PartedFile parts = PartedFile.read(file, partBytes);
    ArtifactRef ref = ref(parts.sha256(), parts.bytes());
    store(ref, write -> bucket.write(blob(ref), parts, write));
    return ref;
  }

  @Override
  public InputStream open(ArtifactRef ref) throws IOException {
    InputStream content = bucket.open(blob(ref)).orElseThrow(() -> notFound(ref));
    return new VerifyingInputStream(content, ref(ref.sha256(), ref.bytes()));
  }

  @Override
  public Optional<ArtifactRef> find(IndexKey key) throws IOException {
    String name = prefix + StoreLayout.indexEntry(key);
    Optional<InputStream> found = bucket.open(name);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream content = found.get()) {
      IndexEntry entry = IndexEntry.parse(content.readAllBytes(), key, bucket.uri(name));
      return Optional.of(ref(entry.sha256(), entry.bytes()));
    }
  }

  @Override
  public ArtifactRef index(IndexKey key, ArtifactRef ref) throws IOException {
    if (bucket.length(blob(ref)).isEmpty()) {
      throw notFound(ref);
    }
    String name = prefix + StoreLayout.indexEntry(key);
    byte[] entry = IndexEntry.of(key, ref).json();
    for (int attempt = 0; attempt < CONFLICT_ATTEMPTS; attempt++) {
      pauseBefore(attempt);
      if (bucket.write(name, entry, Digests.sha256(entry), Write.IF_ABSENT)) {
        return ref(ref.sha256(), ref.bytes());
      }
      // also where the SDK repeated a request whose first answer was lost: the entry is ours then
      Optional<ArtifactRef> winner = find(key);
      if (winner.isPresent()) {
        return winner.get();
      }
    }
    throw stillInConflict(name);
  }

  @Override
  public void close() {
    bucket.close();
  }

  @Override
  public String toString() {
    return "artifact store in " + bucket.uri(prefix);
  }

  private interface Upload {
    /** Returns false if another writer was first. */
    boolean send(Write write) throws IOException;
  }

  /** Uploads a blob unless it is there; one of another length is damaged, and is replaced. */
  private void store(ArtifactRef ref, Upload upload) throws IOException {
    for (int attempt = 0; attempt < CONFLICT_ATTEMPTS; attempt++) {
      pauseBefore(attempt);
      OptionalLong found = bucket.length(blob(ref));
      if (found.isPresent() && found.getAsLong() == ref.bytes()) {
        return;
      }
      if (upload.send(found.isPresent() ? Write.ALWAYS : Write.IF_ABSENT)) {
        return;
      }
    }
    throw stillInConflict(blob(ref));
  }

  /** Doubles from attempt to attempt, and differs between writers that collided. */
  private static void pauseBefore(int attempt) throws InterruptedIOException {
    if (attempt == 0) {
      return;
    }
    long most = FIRST_PAUSE_MILLIS << attempt;
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(most / 2, most));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted between two attempts to write");
    }
  }

  private IOException stillInConflict(String name) {
    return new IOException(
        "cannot write %s: the server answered %d times that another writer was first, but shows nothing written"
            .formatted(bucket.uri(name), CONFLICT_ATTEMPTS));
  }

  private String blob(ArtifactRef ref) {
    return prefix + StoreLayout.blob(ref.sha256());
  }

  private ArtifactRef ref(String sha256, long bytes) {
    return new ArtifactRef(bucket.uri(prefix + StoreLayout.blob(sha256)), sha256, bytes);
  }

  private FileNotFoundException notFound(ArtifactRef ref) {
    return new FileNotFoundException(
        "no blob %s in the %s (referred to as %s)".formatted(ref.sha256(), this, ref.uri()));
  }

  private static S3Client client(StoreLocation.S3 location) {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(location.region()))
            .forcePathStyle(location.pathStyle())
            // every request carries its SHA-256 and every read is checked against one: the SDK's
            // own CRCs would add nothing, and not every server takes them
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(
                override ->
                    override.retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(REQUEST_ATTEMPTS)
                            .build()))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .socketTimeout(READ_TIMEOUT));
    if (!location.endpoint().equals(StoreLocation.S3.AWS)) {
      builder.endpointOverride(URI.create(location.endpoint()));
    }
    return builder.build();
  }
}
