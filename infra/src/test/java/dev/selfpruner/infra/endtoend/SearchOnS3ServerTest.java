package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.activities.testing.VersityGateway;
import dev.selfpruner.infra.embedded.RealServers;
import io.temporal.testing.TemporalDevServer;
import io.temporal.testing.TemporalDevServerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The whole command on a Temporal server and an S3 server that others run, with SmolLM2. */
class SearchOnS3ServerTest {
  @TempDir private Path folder;

  @Test
  @EnabledIfEnvironmentVariable(
      named = "SELFPRUNER_SMOLLM2",
      matches = ".+",
      disabledReason = "the environment names no directory of SmolLM2")
  void searchesSmolLm2AndEndsBelowUniform() throws Exception {
    Path wikiText = Path.of(System.getenv("SELFPRUNER_SHARED"), "data", "wikitext2");
    try (VersityGateway s3 = VersityGateway.startOrSkip();
        TemporalDevServer temporal =
            TemporalDevServer.start(
                TemporalDevServerOptions.newBuilder()
                    .setExistingPath(RealServers.temporalCli().toString())
                    .setUiEnabled(false)
                    .build())) {
      StoreLocation.S3 location = s3.location("searches");
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "search",
                  "--json",
                  "--model",
                  System.getenv("SELFPRUNER_SMOLLM2"),
                  "--sparsity",
                  "0.2",
                  "--calibration-text",
                  wikiText.resolve("wiki.valid.raw").toString(),
                  "--test-text",
                  wikiText.resolve("wiki.test.raw").toString()));
      arguments.addAll(
          List.of(
              "--sequence-length", "256", "--calibration-windows", "8", "--search-windows", "4"));
      arguments.addAll(List.of("--test-windows", "4", "--population", "6", "--iterations", "3"));
      arguments.addAll(List.of("--mutations", "2", "--crossovers", "2"));
      arguments.addAll(List.of("--temporal-address", temporal.getTarget()));
      arguments.addAll(
          List.of(
              "--s3-bucket",
              location.bucket(),
              "--s3-prefix",
              location.prefix(),
              "--s3-endpoint",
              location.endpoint()));

      JsonNode result =
          CommandProcess.start(folder.resolve("home"), s3.environment(), arguments).result();

      assertThat(result.get("searched").asDouble()).isLessThan(result.get("uniform").asDouble());
      assertThat(result.get("dense").asDouble()).isLessThan(result.get("searched").asDouble());
      assertThat(Path.of(result.get("output").asText()).resolve("config.json")).exists();
      try (var client = s3.client()) {
        assertThat(
                client
                    .listObjectsV2(
                        request ->
                            request.bucket(location.bucket()).prefix("searches/index/evaluation"))
                    .contents())
            .isNotEmpty();
      }
    }
  }
}
