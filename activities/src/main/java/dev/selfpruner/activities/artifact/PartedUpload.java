package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.artifact.S3Bucket.Write;
import dev.selfpruner.activities.artifact.S3Encryption.Told;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Sends a file in parts, and goes on with what an earlier attempt left: a worker that was killed
 * after 130 of 140 GB has 10 more to send. A part that the server has is taken where its length and
 * SHA-256, which the server checked when it came, are those of the file; anything else is sent
 * (again). Nobody sees the object before the server has put all its parts together.
 *
 * <p>An attempt that fails leaves its upload for the next one; {@code gc} aborts those that nobody
 * went on with. Two writers may well share an upload: they send the same bytes, one completes it,
 * and the other, whose upload is gone, finds the object there.
 *
 * <p>An upload keeps the encryption that it was begun with. Where one is asked for, none is gone on
 * with before the server has said that it encrypts as it is asked to now.
 */
final class PartedUpload {
  private static final Logger LOG = LoggerFactory.getLogger(PartedUpload.class);

  /**
   * Uploads of one object that are looked at: there is one for each attempt that found no other.
   */
  private static final int MOST_CANDIDATES = 10;

  private final S3Client client;
  private final StoreLocation.S3 location;
  private final String key;
  private final PartedFile file;
  private final S3Encryption encryption;

  PartedUpload(S3Client client, StoreLocation.S3 location, String key, PartedFile file) {
    this.client = client;
    this.location = location;
    this.key = key;
    this.file = file;
    this.encryption = S3Encryption.of(location);
  }

  /**
   * An upload that is under way.
   *
   * @param parts what is there of the file, by number from 1
   */
  private record Begun(String id, Map<Integer, CompletedPart> parts) {}

  /**
   * Sends what is missing, and puts the parts together.
   *
   * @return false if another writer was first
   */
  boolean send(Write write) throws IOException {
    List<Begun> left = left();
    try {
      Begun upload = choose(left);
      boolean sent = send(upload, write);
      if (sent) { // a living writer's among them: it then finds the object there
        left.stream().map(Begun::id).filter(id -> !id.equals(upload.id)).forEach(this::abort);
      }
      return sent;
    } catch (SdkException e) {
      if (S3Errors.isConflict(e)) {
        return false;
      }
      throw S3Errors.translate("cannot write s3://%s/%s".formatted(location.bucket(), key), e);
    }
  }

  /** One of those that are left, or a new one. */
  private Begun choose(List<Begun> left) {
    if (left.isEmpty()) {
      return new Begun(create().uploadId(), new TreeMap<>());
    }
    return encryption.isAsked() ? chooseEncrypted(left) : left.get(0);
  }

  /**
   * Lists don't say how an upload is encrypted. What is asked for is compared as the server names
   * it, in its answers to a new upload and to a part of the old one: an alias of a key is no longer
   * one there. A server that doesn't answer to a part may have encrypted it or not. One that takes
   * no part of an old upload, as after its key was disabled, may well take those of the new one.
   * The others stay until this one is complete: their writers may live.
   */
  private Begun chooseEncrypted(List<Begun> left) {
    CreateMultipartUploadResponse created = create();
    Told wanted = Told.of(created);
    Begun own = new Begun(created.uploadId(), new TreeMap<>());
    List<S3Exception> refusals = new ArrayList<>();
    try {
      for (Begun old : wanted.isAnything() ? left : List.<Begun>of()) {
        if (isEncrypted(old, wanted, refusals)) {
          abort(own.id);
          return old;
        }
      }
      if (refusals.size() == left.size() && refusals.stream().allMatch(S3Errors::isConflict)) {
        throw refusals.get(0); // another writer has just completed one
      }
      Told unused = prove(own); // or each attempt at a server that takes nothing leaves one more
      return own;
    } catch (SdkException e) {
      abort(own.id);
      throw e;
    }
  }

  /**
   * Whether an upload takes parts, and encrypts them so.
   *
   * @param refusals gets what the server says otherwise
   */
  private boolean isEncrypted(Begun upload, Told wanted, List<S3Exception> refusals) {
    try {
      Told told = prove(upload);
      if (told.isLike(wanted)) {
        return true;
      }
      LOG.info(
          "not going on with an upload to s3://{}/{}: encrypted with {}, not with {}",
          location.bucket(),
          key,
          told,
          wanted);
    } catch (S3Exception e) {
      LOG.info("an upload to s3://{}/{} takes no part", location.bucket(), key, e);
      refusals.add(e);
    }
    return false;
  }

  /** Sends a part, one that is missing if there is any, for what the server says of it. */
  private Told prove(Begun upload) {
    int number = 1;
    while (upload.parts.containsKey(number) && number < file.partChecksums().size()) {
      number++;
    }
    UploadPartResponse answer = sendPart(upload.id, number);
    upload.parts.put(number, part(number, answer));
    return Told.of(answer);
  }

  private boolean send(Begun upload, Write write) {
    if (!upload.parts.isEmpty()) {
      LOG.info(
          "sending the rest to s3://{}/{}: {} of {} parts are there",
          location.bucket(),
          key,
          upload.parts.size(),
          file.partChecksums().size());
    }
    try {
      for (int number = 1; number <= file.partChecksums().size(); number++) {
        if (!upload.parts.containsKey(number)) {
          upload.parts.put(number, part(number, sendPart(upload.id, number)));
        }
      }
      client.completeMultipartUpload(
          request ->
              request
                  .bucket(location.bucket())
                  .key(key)
                  .uploadId(upload.id)
                  .multipartUpload(list -> list.parts(upload.parts.values()))
                  .ifNoneMatch(write.ifNoneMatch()));
      return true;
    } catch (SdkException e) {
      boolean conflict = S3Errors.isConflict(e);
      if (conflict || S3Errors.isHopeless(e)) {
        abort(upload.id);
      }
      if (conflict) {
        return false;
      }
      throw e;
    }
  }

  private CreateMultipartUploadResponse create() {
    return client.createMultipartUpload(
        request -> {
          request
              .bucket(location.bucket())
              .key(key)
              .contentType(S3Bucket.OCTETS)
              .checksumAlgorithm(ChecksumAlgorithm.SHA256);
          encryption.ask(request);
        });
  }

  private UploadPartResponse sendPart(String upload, int number) {
    try {
      return client.uploadPart(
          request ->
              request
                  .bucket(location.bucket())
                  .key(key)
                  .uploadId(upload)
                  .partNumber(number)
                  .checksumSHA256(file.partChecksums().get(number - 1)),
          S3Bucket.body(file, number - 1));
    } catch (SdkClientException e) {
      requireThere(upload, e);
      throw e;
    }
  }

  /**
   * A server may hang up on a part of an upload that another writer has completed, and what it says
   * of it is then not read: asking for the upload tells.
   */
  private void requireThere(String upload, SdkClientException failure) {
    try {
      var unused =
          client.listParts(
              request -> request.bucket(location.bucket()).key(key).uploadId(upload).maxParts(1));
    } catch (SdkException e) {
      if (S3Errors.isConflict(e)) {
        e.addSuppressed(failure);
        throw e;
      }
    }
  }

  private CompletedPart part(int number, UploadPartResponse sent) {
    return part(number, sent.eTag(), file.partChecksums().get(number - 1));
  }

  private static CompletedPart part(int number, String tag, String checksum) {
    return CompletedPart.builder().partNumber(number).eTag(tag).checksumSHA256(checksum).build();
  }

  /**
   * Uploads of this object that are under way, the one with most of the file first. A server that
   * can't or won't tell has none: going on with one saves work, and nothing depends on it.
   */
  private List<Begun> left() {
    List<Begun> left = new ArrayList<>();
    try {
      client
          .listMultipartUploadsPaginator(request -> request.bucket(location.bucket()).prefix(key))
          .uploads()
          .stream()
          .filter(upload -> upload.key().equals(key))
          .limit(MOST_CANDIDATES)
          .map(MultipartUpload::uploadId)
          .forEach(id -> usable(id).ifPresent(parts -> left.add(new Begun(id, parts))));
    } catch (SdkException e) {
      LOG.info("cannot list uploads to s3://{}/{}", location.bucket(), key, e);
    }
    left.sort(Comparator.comparing(upload -> -upload.parts.size()));
    return left;
  }

  /** Parts that needn't be sent again; empty if the upload that was listed is none any more. */
  private Optional<Map<Integer, CompletedPart>> usable(String upload) {
    Map<Integer, CompletedPart> usable = new TreeMap<>();
    try {
      client
          .listPartsPaginator(
              request -> request.bucket(location.bucket()).key(key).uploadId(upload))
          .parts()
          .stream()
          .filter(this::isOfTheFile)
          .forEach(
              part ->
                  usable.put(
                      part.partNumber(),
                      part(part.partNumber(), part.eTag(), part.checksumSHA256())));
    } catch (SdkException e) {
      LOG.info("cannot list the parts of an upload to s3://{}/{}", location.bucket(), key, e);
      if (S3Errors.isConflict(e)) {
        return Optional.empty();
      }
    }
    return Optional.of(usable);
  }

  private boolean isOfTheFile(Part part) {
    int index = part.partNumber() - 1;
    return index < file.partChecksums().size()
        && part.size() == file.bytes(index)
        && file.partChecksums().get(index).equals(part.checksumSHA256());
  }

  /** Frees what the parts occupy, if it can; what led here is what counts. */
  private void abort(String upload) {
    try {
      client.abortMultipartUpload(
          request -> request.bucket(location.bucket()).key(key).uploadId(upload));
    } catch (SdkException e) {
      LOG.info("cannot abort an upload to s3://{}/{}: gc does", location.bucket(), key, e);
    }
  }
}
