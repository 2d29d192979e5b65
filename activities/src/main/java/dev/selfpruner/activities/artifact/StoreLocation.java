package dev.selfpruner.activities.artifact;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.selfpruner.activities.HttpAddress;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where an artifact store lies. Credentials are no part of it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = StoreLocation.Directory.class, name = "directory"),
  @JsonSubTypes.Type(value = StoreLocation.S3.class, name = "s3")
})
public sealed interface StoreLocation {

  /**
   * A directory of this machine, or of a POSIX file system that all workers mount.
   *
   * @param path of the directory, which is created if it isn't there
   */
  record Directory(String path) implements StoreLocation {
    public Directory {
      if (path.isBlank()) {
        throw new IllegalArgumentException("a store has a directory");
      }
    }
  }

  /**
   * A bucket of S3, or of a server that speaks its protocol and honours {@code If-None-Match}.
   *
   * @param bucket an existing bucket
   * @param prefix folder in the bucket, without slashes at its ends; empty for the whole bucket
   * @param region of the bucket; servers other than AWS take any name, {@code us-east-1} say
   * @param endpoint address of the server; {@link #AWS} for AWS's own in that region
   * @param pathStyle whether the bucket is named in the path and not in the host name, as most
   *     servers other than AWS need it
   * @param encryption that is asked for with everything that is written; null means none
   */
  record S3(
      String bucket,
      String prefix,
      String region,
      String endpoint,
      boolean pathStyle,
      BucketEncryption encryption)
      implements StoreLocation {
    /** AWS's own endpoint of the region. */
    public static final String AWS = "";

    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]+");
    private static final Pattern PREFIX =
        Pattern.compile("([A-Za-z0-9_=-][A-Za-z0-9._=-]*(/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)*)?");

    public S3 {
      if (!BUCKET.matcher(bucket).matches()) {
        throw new IllegalArgumentException("not the name of a bucket: " + bucket);
      }
      if (!PREFIX.matcher(prefix).matches()) {
        throw new IllegalArgumentException(
            "not a prefix of plain names with a slash between two: " + prefix);
      }
      if (!REGION.matcher(region).matches()) {
        throw new IllegalArgumentException("not the name of a region: " + region);
      }
      requireAddress(endpoint);
      encryption = Optional.ofNullable(encryption).orElse(BucketEncryption.OF_THE_BUCKET);
    }

    /** With the encryption that the bucket does by itself. */
    public S3(String bucket, String prefix, String region, String endpoint, boolean pathStyle) {
      this(bucket, prefix, region, endpoint, pathStyle, BucketEncryption.OF_THE_BUCKET);
    }

    /** A bucket of AWS itself. */
    public static S3 aws(String bucket, String prefix, String region) {
      return new S3(bucket, prefix, region, AWS, false);
    }

    /** A bucket of another server, named in the path. */
    public static S3 server(String endpoint, String bucket, String prefix) {
      return new S3(bucket, prefix, "us-east-1", endpoint, true);
    }

    public S3 withEncryption(BucketEncryption other) {
      return new S3(bucket, prefix, region, endpoint, pathStyle, other);
    }

    /** What the store's names begin with. */
    String folder() {
      return prefix.isEmpty() ? "" : prefix + "/";
    }

    /** Where the server is, in words. */
    String server() {
      return endpoint.equals(AWS) ? "AWS, " + region : endpoint;
    }

    private static void requireAddress(String endpoint) {
      if (endpoint.equals(AWS)) {
        return;
      }
      URI uri =
          HttpAddress.require(
              endpoint,
              "an S3 server",
              "credentials go into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
      if (uri.getHost() == null) {
        throw new IllegalArgumentException("no host in the address of an S3 server: " + endpoint);
      }
    }
  }
}
