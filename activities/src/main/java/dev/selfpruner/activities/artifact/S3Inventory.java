package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.artifact.Reuse.Stamped;
import dev.selfpruner.activities.artifact.S3Bucket.Write;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.Part;

/** What lies in the bucket of an {@link S3ArtifactStore}: an object's mark is a second object. */
final class S3Inventory implements Inventory {
  /** What S3 takes in one request. */
  private static final int MOST_DELETED_AT_ONCE = 1_000;

  private final StoreLocation.S3 location;
  private final String prefix;
  private final S3Client client;
  private final S3Client once;
  private final S3Bucket bucket;

  private S3Inventory(StoreLocation.S3 location) {
    this.location = location;
    this.prefix = location.folder();
    this.client = S3Clients.of(location, S3Clients.REQUEST_ATTEMPTS);
    this.once = S3Clients.of(location, 1);
    this.bucket = new S3Bucket(client, location);
  }

  static S3Inventory open(StoreLocation.S3 location) throws IOException {
    S3Inventory inventory = new S3Inventory(location);
    boolean reachable = false;
    try {
      inventory.bucket.requireReachable();
      reachable = true;
    } finally {
      if (!reachable) {
        inventory.close();
      }
    }
    return inventory;
  }

  @Override
  public List<StoredObject> list(String folder) throws IOException {
    Map<String, Instant> marks = marks(folder);
    return listed(folder).stream().map(object -> object.markedIn(marks)).toList();
  }

  @Override
  public Map<String, Instant> used(Collection<String> names) throws IOException {
    Map<String, Instant> marks = marks("");
    marks.keySet().retainAll(new HashSet<>(names));
    return marks;
  }

  @Override
  public Optional<InputStream> open(String name) throws IOException {
    return bucket.open(prefix + name).map(S3Bucket.Opened::content);
  }

  @Override
  public Optional<Stamped> readStamped(String name) throws IOException {
    return new S3Shelf(bucket, prefix).readStamped(name);
  }

  @Override
  public boolean write(String name, byte[] content, boolean replace) throws IOException {
    return bucket.write(
        prefix + name, content, Digests.sha256(content), replace ? Write.ALWAYS : Write.IF_ABSENT);
  }

  @Override
  public void delete(Collection<String> names) throws IOException {
    List<String> left = List.copyOf(names);
    for (int from = 0; from < left.size(); from += MOST_DELETED_AT_ONCE) {
      deleteAtOnce(left.subList(from, Math.min(left.size(), from + MOST_DELETED_AT_ONCE)));
    }
  }

  private void deleteAtOnce(List<String> names) throws IOException {
    List<ObjectIdentifier> keys =
        names.stream().map(name -> ObjectIdentifier.builder().key(prefix + name).build()).toList();
    DeleteObjectsResponse answer;
    try {
      answer =
          once.deleteObjects(
              request ->
                  request
                      .bucket(location.bucket())
                      .delete(delete -> delete.objects(keys).quiet(true)));
    } catch (SdkException e) {
      throw failure("remove objects from", e);
    }
    if (answer.hasErrors()) {
      throw new IOException(
          "cannot remove %d of %d objects from %s, %s first: %s - give these credentials s3:DeleteObject"
              .formatted(
                  answer.errors().size(),
                  names.size(),
                  this,
                  answer.errors().get(0).key(),
                  answer.errors().get(0).code()));
    }
  }

  @Override
  public List<UnfinishedUpload> unfinished() throws IOException {
    List<UnfinishedUpload> unfinished = new ArrayList<>();
    try {
      for (MultipartUpload upload :
          client
              .listMultipartUploadsPaginator(
                  request -> request.bucket(location.bucket()).prefix(prefix + StoreLayout.BLOBS))
              .uploads()) {
        unfinished.add(unfinished(upload));
      }
      return unfinished;
    } catch (SdkException e) {
      throw failure("list the unfinished uploads of", e);
    }
  }

  private UnfinishedUpload unfinished(MultipartUpload upload) {
    long bytes = 0;
    Instant used = upload.initiated();
    try {
      for (Part part :
          client
              .listPartsPaginator(
                  request ->
                      request
                          .bucket(location.bucket())
                          .key(upload.key())
                          .uploadId(upload.uploadId()))
              .parts()) {
        bytes += part.size();
        used = later(used, part.lastModified());
      }
    } catch (NoSuchUploadException e) {
      used = Instant.now(); // its writer has just finished
    }
    return new UnfinishedUpload(
        upload.key().substring(prefix.length()), upload.uploadId(), bytes, used);
  }

  @Override
  public void abort(UnfinishedUpload upload) throws IOException {
    try {
      client.abortMultipartUpload(
          request ->
              request.bucket(location.bucket()).key(prefix + upload.name()).uploadId(upload.id()));
    } catch (NoSuchUploadException e) {
      return; // finished or aborted meanwhile: there is nothing left to free
    } catch (SdkException e) {
      throw failure("abort an unfinished upload of", e);
    }
  }

  @Override
  public List<String> markedBefore(Instant time) throws IOException {
    return StoredObject.before(time, marks(""));
  }

  /** Times of the marks of what lies in a folder, by name. */
  private Map<String, Instant> marks(String folder) throws IOException {
    return StoredObject.marks(listed(StoreLayout.mark(folder)));
  }

  private List<StoredObject> listed(String folder) throws IOException {
    try {
      return client
          .listObjectsV2Paginator(
              request -> request.bucket(location.bucket()).prefix(prefix + folder))
          .contents()
          .stream()
          .map(
              object ->
                  new StoredObject(
                      object.key().substring(prefix.length()),
                      object.size(),
                      object.lastModified()))
          .toList();
    } catch (SdkException e) {
      throw failure("list", e);
    }
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private IOException failure(String what, SdkException e) {
    return S3Errors.translate("cannot %s the %s".formatted(what, this), e);
  }

  @Override
  public String toString() {
    return "artifact store in " + bucket.uri(prefix);
  }

  @Override
  public void close() {
    once.close();
    bucket.close();
  }
}
