package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.Json;
import java.nio.file.Path;

/** A process that puts one file into a bucket. */
final class S3WriterProcess {
  private S3WriterProcess() {}

  /** Arguments: the location as JSON, the file, and the size of parts. Prints the digest. */
  public static void main(String[] arguments) throws Exception {
    StoreLocation.S3 location = Json.read(arguments[0], StoreLocation.S3.class);
    try (ArtifactStore store =
        S3ArtifactStore.open(location, Long.parseLong(arguments[2]), Reuse.REFRESH)) {
      System.out.println(store.put(Path.of(arguments[1])).sha256());
    }
  }
}
