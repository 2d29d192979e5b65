package dev.selfpruner.infra.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.StoreLocation;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Whether artifacts can be kept. */
final class StoreChecks {
  static final String CHECK = "store";
  static final String ADVICE =
      "nothing runs without it: correct --store, or --s3-bucket and the options and credentials that belong to it";

  /** Always the same: looking twice leaves one artifact. */
  private static final byte[] CONTENT = "selfpruner doctor was here\n".getBytes(UTF_8);

  private StoreChecks() {}

  /** Writes a few bytes, which stay, and reads them back. */
  static List<Finding> look(StoreLocation location) throws IOException {
    try (ArtifactStore store = ArtifactStores.open(location)) {
      ArtifactRef ref = store.put(CONTENT);
      return List.of(
          Arrays.equals(store.read(ref), CONTENT)
              ? Finding.ok(CHECK, "%s: written and read back".formatted(describe(location)))
              : Finding.problem(
                  CHECK,
                  "%s: what comes back is not what was written".formatted(describe(location)),
                  ADVICE));
    }
  }

  private static String describe(StoreLocation location) {
    return location instanceof StoreLocation.S3 s3
        ? "bucket %s%s"
            .formatted(
                s3.bucket(),
                s3.endpoint().equals(StoreLocation.S3.AWS) ? "" : " at " + s3.endpoint())
        : ((StoreLocation.Directory) location).path();
  }
}
