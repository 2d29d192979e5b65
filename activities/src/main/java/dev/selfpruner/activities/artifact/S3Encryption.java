package dev.selfpruner.activities.artifact;

import java.util.Optional;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** Asks the server to encrypt what it is given; the SDK takes null for not asking. */
record S3Encryption(BucketEncryption wanted) {

  static S3Encryption of(StoreLocation.S3 location) {
    return new S3Encryption(location.encryption());
  }

  void ask(PutObjectRequest.Builder request) {
    request.serverSideEncryption(given(wanted.algorithm())).ssekmsKeyId(given(wanted.key()));
  }

  void ask(CreateMultipartUploadRequest.Builder request) {
    request.serverSideEncryption(given(wanted.algorithm())).ssekmsKeyId(given(wanted.key()));
  }

  /** Whether anything is asked for. */
  boolean isAsked() {
    return !wanted.algorithm().isEmpty();
  }

  /**
   * What a server says that it encrypts with.
   *
   * @param algorithm empty if it says nothing
   * @param key of AWS's Key Management Service, whatever it was asked for by; empty for none
   */
  record Told(String algorithm, String key) {
    static Told of(CreateMultipartUploadResponse answer) {
      return of(answer.serverSideEncryptionAsString(), answer.ssekmsKeyId());
    }

    static Told of(UploadPartResponse answer) {
      return of(answer.serverSideEncryptionAsString(), answer.ssekmsKeyId());
    }

    private static Told of(String algorithm, String key) {
      return new Told(
          Optional.ofNullable(algorithm).orElse(""), Optional.ofNullable(key).orElse(""));
    }

    boolean isAnything() {
      return !algorithm.isEmpty();
    }

    /** Whether both say the same; a key's ARN ends with its id. */
    boolean isLike(Told other) {
      return algorithm.equals(other.algorithm)
          && (key.equals(other.key) || isEnd(key, other.key) || isEnd(other.key, key));
    }

    private static boolean isEnd(String arn, String id) {
      return !id.isEmpty() && arn.endsWith("/" + id);
    }

    @Override
    public String toString() {
      return isAnything() ? "%s %s".formatted(algorithm, key).strip() : "what is not said";
    }
  }

  private static String given(String value) {
    return Optional.of(value).filter(text -> !text.isEmpty()).orElse(null);
  }
}
