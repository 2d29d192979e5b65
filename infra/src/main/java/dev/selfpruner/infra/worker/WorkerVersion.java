package dev.selfpruner.infra.worker;

import io.temporal.common.VersioningBehavior;
import io.temporal.common.WorkerDeploymentVersion;
import io.temporal.worker.WorkerDeploymentOptions;
import io.temporal.worker.WorkerOptions;
import java.util.regex.Pattern;

/** What workers tell a server of the program that they run. */
public sealed interface WorkerVersion {
  /** Nothing: they share all work with all others that do so. */
  WorkerVersion UNTOLD = new Untold();

  /** What a worker's options are with that told. */
  WorkerOptions toldIn(WorkerOptions.Builder options);

  /** Nothing. */
  record Untold() implements WorkerVersion {
    @Override
    public WorkerOptions toldIn(WorkerOptions.Builder options) {
      return options.build();
    }
  }

  /**
   * A version of one of Temporal's worker deployments. A search stays with the version that its
   * history began with, unless the workflow itself says otherwise.
   *
   * @param deployment name that all versions share
   * @param buildId name of this one
   */
  record Told(String deployment, String buildId) implements WorkerVersion {
    /** What servers take: without the dots and colons that they put between the two. */
    private static final Pattern DEPLOYMENT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_/-]{0,199}");

    private static final Pattern BUILD_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,199}");

    public Told {
      if (!DEPLOYMENT.matcher(deployment).matches()) {
        throw new IllegalArgumentException(
            "a deployment's name has at most 200 letters, digits, '-', '_' and '/', and begins with a letter or digit: '%s'"
                .formatted(deployment));
      }
      if (!BUILD_ID.matcher(buildId).matches()) {
        throw new IllegalArgumentException(
            "a build id has at most 200 letters, digits, '.', '-', '_' and '+', and begins with a letter or digit: '%s'"
                .formatted(buildId));
      }
    }

    @Override
    public WorkerOptions toldIn(WorkerOptions.Builder options) {
      return options
          .setDeploymentOptions(
              WorkerDeploymentOptions.newBuilder()
                  .setUseVersioning(true)
                  .setVersion(new WorkerDeploymentVersion(deployment, buildId))
                  .setDefaultVersioningBehavior(VersioningBehavior.PINNED)
                  .build())
          .build();
    }

    /** As Temporal's CLI and its web interface write it. */
    @Override
    public String toString() {
      return deployment + ":" + buildId;
    }
  }
}
