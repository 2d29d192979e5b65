package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.artifact.S3Bucket.Found;
import dev.selfpruner.activities.artifact.S3Bucket.Opened;
import dev.selfpruner.activities.artifact.S3Bucket.Write;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A store in a bucket. Objects appear whole or not at all because S3 writes them so; that only one
 * writer creates an index entry rests on the server honouring {@code If-None-Match: *}, for
 * completed multipart uploads too. Credentials come from the SDK's default chain and need what
 * {@link StoreUnavailableException.Reason#ACCESS_DENIED} lists.
 *
 * <p>A write that the server answers with a conflict - another writer was first, or this one was,
 * in a request whose answer was lost - is taken as done only where what lies there has the bytes
 * that were to be written. A blob has one right content: where the bytes are others, they are
 * damage, and are replaced.
 */
final class S3ArtifactStore implements ArtifactStore {
  /** Larger files go up in parts of this size, each retried alone. */
  private static final long PART_BYTES = 64L << 20;

  private static final int CONFLICT_ATTEMPTS = 8;
  private static final long FIRST_PAUSE_MILLIS = 10;

  private final S3Bucket bucket;
  private final String prefix;
  private final long partBytes;
  private final Reuse reuse;

  private S3ArtifactStore(S3Bucket bucket, String prefix, long partBytes, Duration refresh) {
    this.bucket = bucket;
    this.prefix = prefix;
    this.partBytes = partBytes;
    this.reuse = new Reuse(new S3Shelf(bucket, prefix), refresh);
  }

  static S3ArtifactStore open(StoreLocation.S3 location) throws IOException {
    return open(location, PART_BYTES, Reuse.REFRESH);
  }

  /**
   * Opens a store.
   *
   * @param partBytes size of an upload's parts; S3 wants 5 MiB at least
   * @param refresh age from which what is found is marked as used
   */
  static S3ArtifactStore open(StoreLocation.S3 location, long partBytes, Duration refresh)
      throws IOException {
    S3Bucket bucket = new S3Bucket(S3Clients.of(location, S3Clients.REQUEST_ATTEMPTS), location);
    boolean reachable = false;
    try {
      bucket.requireReachable();
      reachable = true;
    } finally {
      if (!reachable) {
        bucket.close();
      }
    }
    return new S3ArtifactStore(bucket, location.folder(), partBytes, refresh);
  }

  @Override
  public ArtifactRef put(byte[] content) throws IOException {
    ArtifactRef ref = ref(Digests.sha256(content), content.length);
    store(
        ref,
        Set.of(S3Bucket.base64(ref.sha256())),
        write -> bucket.write(blob(ref), content, ref.sha256(), write));
    return ref;
  }

  @Override
  public ArtifactRef put(Path file) throws IOException {
    PartedFile parts = PartedFile.read(file, partBytes);
    ArtifactRef ref = ref(parts.sha256(), parts.bytes());
    store(
        ref,
        Set.of(S3Bucket.base64(ref.sha256()), parts.composedChecksum()),
        write -> bucket.write(blob(ref), parts, write));
    return ref;
  }

  @Override
  public boolean has(ArtifactRef ref) throws IOException {
    return bucket.look(blob(ref)).filter(found -> found.bytes() == ref.bytes()).isPresent();
  }

  @Override
  public InputStream open(ArtifactRef ref) throws IOException {
    Opened blob = bucket.open(blob(ref)).orElseThrow(() -> notFound(ref));
    return new VerifyingInputStream(blob.content(), ref(ref.sha256(), ref.bytes()));
  }

  @Override
  public Optional<ArtifactRef> find(IndexKey key) throws IOException {
    String name = StoreLayout.indexEntry(key);
    Optional<Opened> found = bucket.open(prefix + name);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream content = found.get().content()) {
      IndexEntry entry = IndexEntry.parse(content.readAllBytes(), key, bucket.uri(prefix + name));
      return reuse.claim(name, found.get().modified())
          ? Optional.of(ref(entry.sha256(), entry.bytes()))
          : Optional.empty();
    }
  }

  @Override
  public ArtifactRef index(IndexKey key, ArtifactRef ref) throws IOException {
    if (bucket.look(blob(ref)).isEmpty()) {
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
  public ArtifactRef replace(IndexKey key, ArtifactRef lost, ArtifactRef ref) throws IOException {
    ArtifactRef held = index(key, ref);
    if (!held.sha256().equals(lost.sha256()) || held.sha256().equals(ref.sha256())) {
      return held;
    }
    byte[] entry = IndexEntry.of(key, ref).json();
    String name = prefix + StoreLayout.indexEntry(key);
    if (!bucket.write(name, entry, Digests.sha256(entry), Write.ALWAYS)) {
      throw stillInConflict(name);
    }
    return ref(ref.sha256(), ref.bytes());
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

  /** Uploads a blob unless it is there whole; one with other bytes is damaged, and is replaced. */
  private void store(ArtifactRef ref, Set<String> checksums, Upload upload) throws IOException {
    String name = StoreLayout.blob(ref.sha256());
    for (int attempt = 0; attempt < CONFLICT_ATTEMPTS; attempt++) {
      pauseBefore(attempt);
      Optional<Found> found = bucket.look(blob(ref));
      boolean there = found.isPresent() && reuse.claim(name, found.get().modified());
      if (there && isWhole(ref, found.get(), checksums)) {
        return;
      }
      if (upload.send(there ? Write.ALWAYS : Write.IF_ABSENT)) {
        return;
      }
    }
    throw stillInConflict(blob(ref));
  }

  /**
   * Whether a blob has the right bytes: as the server's checksum says, else (there are servers
   * without, and blobs that came in parts of another size) as reading it shows.
   */
  private boolean isWhole(ArtifactRef ref, Found found, Set<String> checksums) throws IOException {
    if (found.bytes() != ref.bytes()) {
      return false;
    }
    if (checksums.contains(found.checksum())) {
      return true;
    }
    try (InputStream content = open(ref)) {
      content.transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (FileNotFoundException | CorruptArtifactException e) {
      return false;
    }
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

  private MissingArtifactException notFound(ArtifactRef ref) {
    return new MissingArtifactException(ref, toString());
  }
}
