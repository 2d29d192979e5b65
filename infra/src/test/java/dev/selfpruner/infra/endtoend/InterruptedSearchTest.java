package dev.selfpruner.infra.endtoend;

import java.util.Map;

/** On the server inside the process, which dies with it. */
class InterruptedSearchTest extends InterruptedSearch {
  @Override
  Map<String, String> server() {
    return Map.of("SELFPRUNER_TEMPORAL", "test-server");
  }
}
