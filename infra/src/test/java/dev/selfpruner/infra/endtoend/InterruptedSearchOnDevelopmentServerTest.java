package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.infra.embedded.RealServers;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** On Temporal's development server, killed with the command or left behind. */
class InterruptedSearchOnDevelopmentServerTest extends InterruptedSearch {
  @Override
  Map<String, String> server() {
    return Map.of("SELFPRUNER_TEMPORAL_CLI", RealServers.temporalCli().toString());
  }

  @Test
  void usesTheServerThatAKilledCommandLeftBehind() throws Exception {
    JsonNode result = resultAfter(CommandProcess::killAlone);

    assertThat(result.get("evaluations").asInt()).isEqualTo(DemoSearch.EVALUATIONS);
  }
}
