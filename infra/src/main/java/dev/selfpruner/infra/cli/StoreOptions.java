package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.Home;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where artifacts go. */
final class StoreOptions {
  @Option(
      names = "--store",
      paramLabel = "DIR",
      description = "Directory for artifacts (default: in the home folder).")
  private Path directory;

  @Option(
      names = "--s3-bucket",
      paramLabel = "NAME",
      description =
          "Bucket for artifacts, instead of a directory; credentials come from where AWS's tools take them (AWS_ACCESS_KEY_ID, ...).")
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
    boolean aboutS3 = !prefix.isEmpty() || !endpoint.isEmpty() || virtualHosts;
    if (bucket == null) {
      if (aboutS3) {
        throw new UserError("options about S3 need --s3-bucket");
      }
      Path root = directory == null ? home.store() : directory;
      return new StoreLocation.Directory(root.toAbsolutePath().normalize().toString());
    }
    if (directory != null) {
      throw new UserError("--store and --s3-bucket each name a store: give one of them");
    }
    boolean aws = endpoint.equals(StoreLocation.S3.AWS);
    return BadInput.refused(
        () -> new StoreLocation.S3(bucket, prefix, region, endpoint, !aws && !virtualHosts));
  }
}
