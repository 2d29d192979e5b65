package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.llm.SearchIndex;
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

/** The same answers make the same populations, byte for byte: after a kill, and without an LLM. */
class RecordedSearchTest {
  @TempDir private Path folder;

  @Test
  void endsInTheSamePopulationsAfterAKillAndFromItsRecord() throws Exception {
    DemoSearch undisturbed = DemoSearch.in(Files.createDirectory(folder.resolve("undisturbed")));
    DemoSearch killed = DemoSearch.in(Files.createDirectory(folder.resolve("killed")));
    List<String> expected;
    String key;
    try (FakeOpenAiServer llm = FakeOpenAiServer.wellBehavedAfter()) {
      String[] options = {"--llm-url", llm.baseUrl(), "--llm-model", "scripted"};
      JsonNode result = undisturbed.startInJvm(options).result();
      assertThat(result.path("fallbacks").asInt()).isZero();
      expected = populations(undisturbed, result);
      int questions = llm.requests().size();

      KilledSearch.killInTheMiddle(killed, Map.of("SELFPRUNER_TEMPORAL", "test-server"), options);
      JsonNode goneOn = killed.startInJvm(options).result();

      assertThat(populations(killed, goneOn)).isEqualTo(expected);
      assertThat(goneOn.path("llm").path("answers").asInt()).isEqualTo(questions);
      assertThat(llm.requests().size() - questions)
          .as("at most the questions in flight at the kill are asked again")
          .isBetween(questions, questions + 2);
      key = goneOn.path("searchKey").asText();
    }

    JsonNode replayed = replay(killed, key);

    assertThat(replayed.path("searchKey").asText()).isNotEqualTo(key);
    assertThat(populations(killed, replayed)).isEqualTo(expected);
    assertThat(replayed.path("llm").path("answers").asInt()).isZero();
    assertThat(replayed.path("alreadyKnown").asInt()).isEqualTo(DemoSearch.EVALUATIONS);
    assertThat(replay(killed, replayed.path("searchKey").asText()))
        .as("a replay's replay is the same")
        .isEqualTo(replayed);
  }

  @Test
  void endsWhereItsTokensEndAndGoesOnWithMoreOfThem() throws Exception {
    DemoSearch search = DemoSearch.in(folder);
    try (FakeOpenAiServer llm =
        FakeOpenAiServer.wellBehavedAfter(Reply.text("Hm.")).charging(1_000)) {
      JsonNode result = limited(search, llm, "7000").result();

      assertThat(result.path("exhausted").asText()).startsWith("the limit of 7,000 LLM tokens");
      assertThat(result.path("evaluations").asInt()).isLessThan(DemoSearch.EVALUATIONS);
      assertThat(result.path("fallbacks").asInt()).isZero();
      assertThat(result.path("llm").path("answers").asInt()).isEqualTo(llm.requests().size());
      assertThat(result.path("llm").path("inputTokens").asInt())
          .isEqualTo(1_000 * llm.requests().size());
      assertThat(result.path("searched").asDouble()).isGreaterThan(1);
      assertThat(limited(search, llm, "7000").result()).as("found again").isEqualTo(result);

      JsonNode more = limited(search, llm, "1000000").result();

      assertThat(more.path("exhausted").asText()).isEmpty();
      assertThat(more.path("searchKey")).isEqualTo(result.path("searchKey"));
      assertThat(more.path("evaluations").asInt()).isEqualTo(DemoSearch.EVALUATIONS);
      assertThat(more.path("llm").path("answers").asInt())
          .as("no answer was paid for twice")
          .isEqualTo(llm.requests().size());
    }
  }

  @Test
  void endsBeforeAnythingIsComputedWhereTheLlmIsNotThere() throws Exception {
    DemoSearch search = DemoSearch.in(folder);
    try (FakeOpenAiServer llm = FakeOpenAiServer.wellBehavedAfter()) {
      llm.show("/models", Reply.ok("{\"data\": [{\"id\": \"another\"}]}"));

      CommandProcess command =
          search.startInJvm("--llm-url", llm.baseUrl(), "--llm-model", "misspelt");

      assertThat(command.failure()).contains("misspelt", "no such model", "another");
      assertThat(search.journal().lines()).isEmpty();
      assertThat(llm.requests()).isEmpty();
    }
  }

  private static JsonNode replay(DemoSearch search, String key)
      throws IOException, InterruptedException {
    return CommandProcess.start(
            search.home(),
            Map.of("SELFPRUNER_TEMPORAL", "test-server"),
            List.of("search", "--replay", key, "--json"))
        .result();
  }

  private static CommandProcess limited(DemoSearch search, FakeOpenAiServer llm, String tokens)
      throws IOException {
    return search.startInJvm(
        "--llm-url",
        llm.baseUrl(),
        "--llm-model",
        "scripted",
        "--llm-max-tokens",
        "300",
        "--max-llm-tokens",
        tokens);
  }

  /** Digests of the populations that a search went through. */
  private static List<String> populations(DemoSearch search, JsonNode result) throws IOException {
    String key = result.path("searchKey").asText();
    List<String> digests = new ArrayList<>();
    try (ArtifactStore store =
        ArtifactStores.open(
            new StoreLocation.Directory(search.home().resolve("store").toString()))) {
      for (int i = 0; i < 4; i++) {
        PopulationSnapshot snapshot =
            Json.readStored(
                store.read(store.find(SearchIndex.population(key, i)).orElseThrow()),
                PopulationSnapshot.class);
        digests.add(snapshot.population().sha256());
      }
    }
    return digests;
  }
}
