package dev.selfpruner.infra.endtoend;

import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.activities.testing.VersityGateway;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testing.TemporalDevServer;
import io.temporal.testing.TemporalDevServerOptions;
import java.nio.file.Path;
import java.util.List;

/** Servers that commands are pointed at, and do not start themselves. */
final class SharedServers {
  private SharedServers() {}

  static TemporalDevServer startTemporal(Path cli, Path folder, String... options) {
    return TemporalDevServer.start(
        TemporalDevServerOptions.newBuilder()
            .setExistingPath(cli.toString())
            .setDownloadEnabled(false)
            .setExtraArgs(options)
            .setLogFile(folder.resolve("temporal.log").toString())
            .build());
  }

  /** A client of the test's own; the server's end ends its connection. */
  static WorkflowClient client(TemporalDevServer temporal) {
    return WorkflowClient.newInstance(
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(temporal.getTarget()).build()));
  }

  /** The options of a command that uses both. */
  static List<String> options(VersityGateway s3, TemporalDevServer temporal) {
    StoreLocation.S3 store = s3.location("searches");
    return List.of(
        "--temporal-address",
        temporal.getTarget(),
        "--s3-bucket",
        store.bucket(),
        "--s3-prefix",
        store.prefix(),
        "--s3-endpoint",
        store.endpoint());
  }
}
