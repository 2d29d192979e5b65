package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.BucketEncryption;
import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.Home;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where artifacts go. */
final class StoreOptions {
  private static final String S3_URL = "s3://";

  @Option(
      names = "--store",
      paramLabel = "DIR|s3://BUCKET/PREFIX",
      description = "Directory or bucket for artifacts (default: a directory in the home folder).")
  private String place;

  @Option(
      names = "--s3-bucket",
      paramLabel = "NAME",
      description =
          "Bucket for artifacts, as --store s3:// names one; credentials come from where AWS's tools take them (AWS_ACCESS_KEY_ID, AWS_PROFILE, roles, ...).")
  private String bucket;

  @Option(names = "--s3-prefix", paramLabel = "PATH", description = "Folder in the bucket.")
  private String prefix = "";

  @Option(
      names = "--s3-endpoint",
      paramLabel = "URL",
      description = "Address of an S3 server that is not AWS.")
  private String endpoint = StoreLocation.S3.AWS;

  @Option(
      names = "--s3-region",
      paramLabel = "NAME",
      description = "Region of the bucket (default: ${DEFAULT-VALUE}).")
  private String region = "us-east-1";

  @Option(
      names = "--s3-virtual-hosts",
      description = "Name the bucket in the host and not in the path, on a server that is not AWS.")
  private boolean virtualHosts;

  @Option(
      names = "--s3-sse",
      paramLabel = "HOW",
      description =
          "Ask the server to encrypt what it is given: AES256, aws:kms or aws:kms:KEY (default: what the bucket does by itself).")
  private String encryption = "";

  /**
   * Opens a store.
   *
   * @throws UserError if it can't be used
   */
  static ArtifactStore open(StoreLocation location) {
    try {
      return ArtifactStores.open(location);
    } catch (IOException e) {
      throw new UserError("cannot use the artifact store: " + e.getMessage(), e);
    }
  }

  /**
   * Where the store is.
   *
   * @throws UserError if the options contradict each other
   */
  StoreLocation location(Home home) {
    boolean inUrl = place != null && place.startsWith(S3_URL);
    if ((place != null && bucket != null) || (inUrl && !prefix.isEmpty())) {
      throw new UserError(
          "--store and --s3-bucket (or --s3-prefix) each name a store: give one of them");
    }
    if (inUrl) {
      String[] parts = place.substring(S3_URL.length()).replaceFirst("/$", "").split("/", 2);
      return bucket(parts[0], parts.length > 1 ? parts[1] : "");
    }
    if (bucket != null) {
      return bucket(bucket, prefix);
    }
    boolean aboutS3 =
        !prefix.isEmpty() || !endpoint.isEmpty() || virtualHosts || !encryption.isEmpty();
    if (aboutS3) {
      throw new UserError("options about S3 need --s3-bucket, or --store s3://BUCKET/PREFIX");
    }
    Path root = place == null ? home.store() : Path.of(place);
    return new StoreLocation.Directory(root.toAbsolutePath().normalize().toString());
  }

  private StoreLocation bucket(String name, String folder) {
    boolean aws = endpoint.equals(StoreLocation.S3.AWS);
    return BadInput.refused(
        () ->
            new StoreLocation.S3(
                name,
                folder,
                region,
                endpoint,
                !aws && !virtualHosts,
                BucketEncryption.parse(encryption)));
  }
}
