package dev.selfpruner.workflows;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches under way that were steered go on when the workflows' code is replaced. */
class SteeredHistoriesTest {
  /** Iterations are named after their search, so a replay needs its name. */
  private static final String RECORDED_SEARCH = "search-e956377cd98e58bb";

  /**
   * A search of 23 iterations that was extended, given a candidate, paused, continued as new,
   * resumed and stopped: its first run, its last, and an iteration that was held while it began
   * batches.
   */
  @ParameterizedTest
  @ValueSource(strings = {"steered-first.json", "steered-last.json", "held-iteration.json"})
  void replays(String name) throws IOException {
    try (InputStream json = getClass().getResourceAsStream("histories/" + name)) {
      MeasuredRun.replay(
          WorkflowExecutionHistory.fromJson(
              new String(json.readAllBytes(), UTF_8), RECORDED_SEARCH));
    }
  }
}
