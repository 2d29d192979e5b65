package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two variants with two seeds on the demo model, with the server that is inside the process. */
class CompareTest {
  private static final List<String> COMPARE =
      List.of(
          "compare",
          "--demo",
          "--preset=small",
          "--sequence-length=64",
          "--calibration-windows=8",
          "--search-windows=4",
          "--test-windows=4",
          "--population=4",
          "--iterations=1",
          "--mutations=1",
          "--crossovers=1",
          "--seeds=0,1",
          "--variant=all of it=",
          "--variant=without mutation=--without-mutation",
          "--json");

  @TempDir private Path folder;

  @Test
  void comparesAndFindsTheSameAgainWithoutAnEvaluation() throws Exception {
    Path home = Files.createDirectory(folder.resolve("a home")).toRealPath();
    CommandProcess first = start(home);
    JsonNode result = first.result();

    assertThat(first.errors()).contains("searches finished");
    assertThat(result.path("variants").findValuesAsText("name"))
        .containsExactly("all of it", "without mutation");
    assertThat(result.at("/variants/0/evaluations").asInt()).isEqualTo(2 * (4 + 2));
    assertThat(result.at("/variants/1/evaluations").asInt()).isEqualTo(2 * (4 + 1));
    assertThat(result.at("/variants/0/failures").asInt()).isZero();
    double dense = result.at("/variants/0/runs/0/dense").asDouble();
    double uniform = result.at("/variants/0/runs/0/uniform").asDouble();
    assertThat(result.at("/variants/0/searched/mean").asDouble()).isBetween(dense, uniform);
    // The same first population with the same seed, and less done with it.
    assertThat(result.at("/variants/0/runs/1/fitness").asDouble())
        .isLessThanOrEqualTo(result.at("/variants/1/runs/1/fitness").asDouble() + 1e-9);
    Journal journal = Journal.of(home);
    assertThat(journal.repeated()).isEmpty();

    assertThat(start(home).result()).isEqualTo(result);
    assertThat(Journal.of(home)).isEqualTo(journal);
  }

  @Test
  void failsWhereEverySearchFailsAndShowsWhy() throws Exception {
    Path home = Files.createDirectory(folder.resolve("a home")).toRealPath();
    try (FakeOpenAiServer llm = FakeOpenAiServer.wellBehavedAfter()) {
      llm.show("/models", Reply.ok("{\"data\": [{\"id\": \"another\"}]}"));

      CommandProcess command = start(home, "--llm-url=" + llm.baseUrl(), "--llm-model=misspelt");

      assertThat(command.failure()).contains("selfpruner: every search failed");
      assertThat(command.output()).contains("misspelt", "no such model");
      assertThat(Journal.of(home).lines()).isEmpty();
    }
  }

  private static CommandProcess start(Path home, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(COMPARE);
    arguments.addAll(List.of(more));
    return CommandProcess.start(home, Map.of("SELFPRUNER_TEMPORAL", "test-server"), arguments);
  }
}
