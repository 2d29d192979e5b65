package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.infra.embedded.RealServers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs Temporal's CLI: see {@link RealServers}. */
class DevelopmentServerSearchServerTest {
  @TempDir private Path folder;

  @Test
  void goesOnAfterAKillOnTheServerThatWasLeftBehind() throws Exception {
    Map<String, String> environment =
        Map.of("SELFPRUNER_TEMPORAL_CLI", RealServers.temporalCli().toString());
    DemoSearch search = DemoSearch.in(folder);
    KilledSearch.killInTheMiddle(search, environment);
    CommandProcess again = search.start(environment);
    KilledSearch.assertGoesOn(search, again);
    assertThat(again.errors()).contains("Temporal UI: http://127.0.0.1:");
  }
}
