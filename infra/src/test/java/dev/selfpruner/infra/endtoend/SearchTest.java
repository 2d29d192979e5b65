package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the Temporal server that is inside the process. */
class SearchTest {
  @TempDir private Path folder;

  @Test
  void endsInAModelThatLoadsAgainAndIsFoundAgain() throws Exception {
    DemoSearch search = DemoSearch.in(folder);
    CommandProcess first = search.startInJvm();
    JsonNode result = first.result();

    assertThat(first.errors())
        .startsWith("Temporal inside this process: no web interface, and no history");
    assertThat(result.path("evaluations").asInt()).isEqualTo(DemoSearch.EVALUATIONS);
    assertThat(result.path("dense").asDouble()).isLessThan(result.path("searched").asDouble());
    assertThat(result.path("searched").asDouble()).isLessThan(result.path("uniform").asDouble());
    assertThat(result.path("keptBlockShare").asDouble()).isCloseTo(0.7, within(1e-3));
    assertThat(result.path("parameters").path("after").asLong())
        .isLessThan(result.path("parameters").path("before").asLong());
    assertThat(search.evaluate(result.path("output").asText(), 8))
        .isCloseTo(
            result.path("searched").asDouble(), within(1e-4 * result.path("searched").asDouble()));

    Journal journal = search.journal();
    assertThat(search.startInJvm().result()).isEqualTo(result);
    assertThat(search.journal()).isEqualTo(journal);

    JsonNode second = search.startInJvm("--new").result();
    assertThat(second.path("run").asInt()).isEqualTo(2);
    assertThat(second.path("alreadyKnown").asInt()).isEqualTo(DemoSearch.EVALUATIONS);
    assertThat(second.path("searched")).isEqualTo(result.path("searched"));
    assertThat(search.journal()).isEqualTo(journal);
  }

  @Test
  void goesOnAfterAKillFromItsPopulationsAndEvaluations() throws Exception {
    DemoSearch search = DemoSearch.in(folder);
    KilledSearch.killInTheMiddle(search, Map.of("SELFPRUNER_TEMPORAL", "test-server"));
    KilledSearch.assertGoesOn(search, search.startInJvm());
  }
}
