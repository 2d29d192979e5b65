package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.testing.VersityGateway;
import dev.selfpruner.infra.embedded.RealServers;
import io.temporal.testing.TemporalDevServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A real model on real servers: the main job. */
@EnabledIfEnvironmentVariable(
    named = "SELFPRUNER_SMOLLM2",
    matches = ".+",
    disabledReason = "SELFPRUNER_SMOLLM2 does not name a directory with SmolLM2-135M")
@EnabledIfEnvironmentVariable(
    named = "SELFPRUNER_SHARED",
    matches = ".+",
    disabledReason = "SELFPRUNER_SHARED does not name the folder with WikiText-2")
@ExtendWith(VersityGateway.Needed.class)
class SmolLm2SearchServerTest {
  @TempDir private Path folder;

  @Test
  void isPrunedBetterThanUniformly() throws Exception {
    Path texts = Path.of(System.getenv("SELFPRUNER_SHARED"), "data", "wikitext2");
    Path cli = RealServers.temporalCli();
    try (VersityGateway s3 = VersityGateway.start();
        TemporalDevServer temporal = SharedServers.startTemporal(cli, folder)) {
      List<String> what =
          List.of(
              ("search --preset small --sparsity 0.2 --sequence-length 128 --calibration-windows 32"
                      + " --search-windows 8 --test-windows 12 --population 8 --iterations 5"
                      + " --mutations 3 --crossovers 3 --json")
                  .split(" "));
      List<String> files =
          List.of(
              "--model",
              System.getenv("SELFPRUNER_SMOLLM2"),
              "--calibration-text",
              texts.resolve("wiki.valid.raw").toString(),
              "--test-text",
              texts.resolve("wiki.test.raw").toString());
      JsonNode result =
          CommandProcess.start(
                  Files.createDirectory(folder.resolve("home")),
                  s3.environment(),
                  Stream.of(what, files, SharedServers.options(s3, temporal))
                      .flatMap(List::stream)
                      .toList())
              .result();

      assertThat(result.path("evaluations").asInt()).isEqualTo(8 + 5 * (3 + 3));
      assertThat(result.path("searched").asDouble())
          .isLessThan(result.path("uniform").asDouble())
          .isGreaterThan(result.path("dense").asDouble());
    }
  }
}
