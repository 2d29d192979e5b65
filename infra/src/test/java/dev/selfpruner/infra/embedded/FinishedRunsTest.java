package dev.selfpruner.infra.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.infra.embedded.FinishedRuns.Finished;
import dev.selfpruner.llm.SearchIndex;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinishedRunsTest {
  private static final LlmLimits LOW = tokens(1_000);
  private static final LlmLimits HIGH = tokens(2_000);

  @TempDir private Path folder;
  private ArtifactStore store;

  @BeforeEach
  void open() throws IOException {
    store = ArtifactStores.directory(folder);
  }

  @Test
  void aRunThatLimitsEndedIsFinishedForTheSameLimitsOnly() throws IOException {
    String key = search(LOW).key();
    put(SearchIndex.result(key, LOW), result(key, LOW, "the limit"));
    assertThat(last(LOW)).extracting(Finished::result).isEqualTo(result(key, LOW, "the limit"));
    assertThat(new FinishedRuns(store).last(search(HIGH))).isEmpty();
    assertThat(new FinishedRuns(store).last(search(LlmLimits.NONE))).isEmpty();
  }

  @Test
  void aRunThatWentToItsEndIsFinishedForAllLimits() throws IOException {
    String key = search(LOW).key();
    put(SearchIndex.result(key, LOW), result(key, LOW, "the limit"));
    put(SearchIndex.result(key), result(key, HIGH, ""));
    for (LlmLimits limits : List.of(LOW, HIGH, LlmLimits.NONE)) {
      assertThat(last(limits).result().isExhausted()).isFalse();
    }
  }

  private Finished last(LlmLimits limits) throws IOException {
    return new FinishedRuns(store).last(search(limits)).orElseThrow();
  }

  private void put(IndexKey key, SearchResult result) throws IOException {
    ArtifactRef unused = store.index(key, store.put(Json.writeBytes(result)));
  }

  private static LlmLimits tokens(long limit) {
    return new LlmLimits(limit, LlmLimits.NO_COST_LIMIT, List.of());
  }

  private static SearchResult result(String key, LlmLimits limits, String exhausted) {
    ArtifactRef some = new ArtifactRef("file:/x", "0".repeat(64), 1);
    Measurement measured = new Measurement(2.0, 100, 1.0);
    return new SearchResult(
        key,
        measured,
        measured,
        measured,
        "best",
        2.0,
        some,
        new PrunedModel(some, 70, 0.7),
        List.of(),
        10,
        0,
        0,
        Spending.NOTHING,
        limits,
        exhausted);
  }

  private static SearchSpec search(LlmLimits limits) {
    TextWindows text = new TextWindows("/t", 64, 0, 8, true);
    LargeLanguageModel llm = LargeLanguageModel.compatible("http://localhost/v1", "m", 1.0, 100);
    return new SearchSpec(
        "/m",
        0.3,
        1,
        Evolution.SMALL,
        llm,
        llm,
        limits,
        0,
        text,
        text,
        text,
        new Objective.Perplexity(),
        false,
        1);
  }
}
