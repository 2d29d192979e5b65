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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * With a Temporal server and an S3 server that others run. Needs Temporal's CLI ({@link
 * RealServers}) and a container engine ({@link VersityGateway}).
 */
@ExtendWith(VersityGateway.Needed.class)
class SharedServersSearchServerTest {
  @TempDir private Path folder;

  @Test
  void leavesTheWorkToWorkersInOtherProcesses() throws Exception {
    Path cli = RealServers.temporalCli();
    try (VersityGateway s3 = VersityGateway.start();
        TemporalDevServer temporal = SharedServers.startTemporal(cli, folder)) {
      DemoSearch search = DemoSearch.in(folder);
      Path gpuHome = Files.createDirectory(folder.resolve("gpu"));
      Path otherHome = Files.createDirectory(folder.resolve("other"));
      List<String> servers = SharedServers.options(s3, temporal);
      CommandProcess gpu = worker(gpuHome, s3, servers, "gpu");
      CommandProcess others = worker(otherHome, s3, servers, "llm", "workflow");
      try {
        CommandProcess watching =
            search.start(
                s3.environment(),
                Stream.concat(servers.stream(), Stream.of("--no-workers")).toArray(String[]::new));
        JsonNode result = watching.result();

        assertThat(result.path("evaluations").asInt()).isEqualTo(DemoSearch.EVALUATIONS);
        assertThat(Path.of(result.path("output").asText()))
            .startsWith(search.home())
            .isDirectoryContaining("glob:**/model.safetensors");
        assertThat(Journal.of(gpuHome).ended()).isPositive();
        assertThat(Journal.of(otherHome).lines()).isEmpty();
        assertThat(search.journal().lines()).isEmpty();
        assertThat(search.home().resolve("store")).doesNotExist();
      } finally {
        gpu.kill();
        others.kill();
      }
    }
  }

  private CommandProcess worker(Path home, VersityGateway s3, List<String> servers, String... roles)
      throws Exception {
    Stream<String> arguments =
        Stream.concat(Stream.concat(Stream.of("worker"), Stream.of(roles)), servers.stream());
    return CommandProcess.start(home, s3.environment(), arguments.toList());
  }
}
