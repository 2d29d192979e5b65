package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.LaunchActivities;
import dev.selfpruner.infra.embedded.RealServers;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TemporalDevServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches started with what people type. Needs Temporal's CLI: see {@link RealServers}. */
class LaunchServerTest {
  private static final int SECONDS = 60;

  @TempDir private Path folder;

  @Test
  void aMistakeInTheInputFailsTheRunWithTheFieldNamed() throws Exception {
    DemoSearch demo = DemoSearch.in(folder);
    String model = demo.demo().model().toString();
    Map<String, String> mistakes =
        Map.of(
            "{\"model\":",
            "the input is not JSON",
            "\"%s\"".formatted(model),
            "the input is not a JSON object",
            "{\"model\":\"%s\",\"sparcity\":0.3}".formatted(model),
            "sparcity: there is no such",
            "{\"model\":\"%s\",\"sparsity\":1.5}".formatted(model),
            "sparsity out of (0, 1): 1.5",
            "{\"model\":\"%s\",\"sparsity\":\"x\"}".formatted(model),
            "sparsity: \"x\" is not a",
            "{\"sparsity\":0.3}",
            "model is missing");
    try (TemporalDevServer temporal =
        SharedServers.startTemporal(RealServers.temporalCli(), folder)) {
      CommandProcess worker =
          CommandProcess.start(
              Files.createDirectory(folder.resolve("worker")),
              Map.of(),
              List.of(
                  "worker",
                  "llm",
                  "workflow",
                  "--temporal-address",
                  temporal.getTarget(),
                  "--default-calibration-text",
                  demo.demo().searchText().toString(),
                  "--default-test-text",
                  demo.demo().testText().toString()));
      try {
        for (Map.Entry<String, String> mistake : mistakes.entrySet()) {
          StartedSearch search = StartedSearch.of(SharedServers.client(temporal), mistake.getKey());

          ApplicationFailure failure = search.failure(SECONDS);

          assertThat(failure.getOriginalMessage()).startsWith(mistake.getValue());
          assertThat(failure.getType()).isEqualTo(LaunchActivities.INVALID_INPUT);
          assertThat(search.failedTasks()).isZero();
        }
      } finally {
        worker.kill();
      }
    }
  }
}
