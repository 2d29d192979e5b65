package dev.selfpruner.activities.artifact;

import java.util.Optional;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

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

  private static String given(String value) {
    return Optional.of(value).filter(text -> !text.isEmpty()).orElse(null);
  }
}
